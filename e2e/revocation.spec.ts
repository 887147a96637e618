import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "#e2e/accessible.ts";
import { expect, test } from "#e2e/fixtures.ts";
import { openBy } from "#e2e/open-by.ts";

/** Clicks until the dialog is there: a click before the page is alive is lost. */
async function openDialog(page: Page, button: Locator, title: string): Promise<Locator> {
  const dialog = page.getByRole("dialog", { name: title });
  await openBy(button, dialog);
  return dialog;
}

test("a certificate is revoked, its session is cut, and the proof shows every step", async ({
  page,
  createDevice,
  connectDevice,
}) => {
  const device = await createDevice("Cold store 7", "--id", "cold-store-7");
  const client = await connectDevice(device);
  await client.publishAsync("qs/v1/d/cold-store-7/up/telemetry", '{"kelvin":251}', { qos: 1 });
  await page.goto("/devices/cold-store-7/certificate");
  await expect(page.getByText("connected with this one")).toBeVisible();

  const revoke = page.getByRole("button", { name: "Revoke", exact: true });
  const dialog = await openDialog(page, revoke, "Revoke this certificate?");
  await expect(dialog).toContainText("This is the only certificate that lets the device in.");
  await dialog.getByRole("combobox", { name: "Reason" }).selectOption("key_compromise");
  const cut = new Promise<void>((resolve) => client.once("close", () => resolve()));
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await cut;
  await expect(connectDevice(device)).rejects.toThrow(/Not authorized/);

  await page.getByRole("link", { name: "Show the proof" }).click();
  await page.getByRole("link", { name: "Cold store 7" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Proof of revocation");
  await expect(page.getByText("Dead since")).toBeVisible();
  await expect(page.getByText("No session was open on it after that.")).toBeVisible();
  const region = (name: string) => page.getByRole("region", { name });
  await expect(region("What was decided")).toContainText("The key is compromised");
  await expect(region("Last used")).toContainText("was revoked");
  await expect(region("Sessions cut")).toContainText("one, ");
  // Once the proof is complete, the page looks again every five seconds.
  await expect(region("Later attempts")).toContainText("that were refused: 1.", {
    timeout: 15_000,
  });
  await expect(region("Audit trail")).toContainText("certificate.revoke");
  await expectAccessible(page);

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download as PDF" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("revocation-cold-store-7.pdf");
  expect((await readFile(await file.path())).subarray(0, 5).toString()).toBe("%PDF-");
});

test("a certificate is put on hold, and its device comes back once it is released", async ({
  page,
  cli,
  createDevice,
  connectDevice,
}) => {
  const device = await createDevice("Lift 3", "--id", "lift-3");
  const client = await connectDevice(device);
  await page.goto("/devices/lift-3/certificate");
  const suspend = page.getByRole("button", { name: "Suspend", exact: true }).last();
  const dialog = await openDialog(page, suspend, "Put this certificate on hold?");
  await dialog.getByRole("textbox", { name: "Why" }).fill("The controller was seen elsewhere");
  const cut = new Promise<void>((resolve) => client.once("close", () => resolve()));
  await dialog.getByRole("button", { name: "Suspend" }).click();
  await cut;
  await expect(connectDevice(device)).rejects.toThrow(/Not authorized/);

  await page.goto("/certificates/revocations");
  await expect(async () => {
    await page.getByRole("button", { name: /^On hold/ }).click();
    await expect(page).toHaveURL(/state=held/, { timeout: 1_000 });
  }).toPass();
  await page.getByRole("link", { name: "Lift 3" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Record of a hold");
  await expect(page.getByText("The controller was seen elsewhere")).toBeVisible();
  const release = page.getByRole("button", { name: "Release", exact: true });
  const question = await openDialog(page, release, "Release this certificate?");
  await question.getByRole("button", { name: "Release" }).click();
  await expect(page.getByText("The hold was released")).toBeVisible();
  await expect(async () => {
    await connectDevice(device);
  }).toPass();

  const again = await cli("certificate", "release", device.sha256);
  expect(again).toMatchObject({ status: 1, document: { error: { code: "conflict" } } });
});
