import { readFileSync } from "node:fs";
import { expectAccessible } from "#e2e/accessible.ts";
import { expect, test } from "#e2e/fixtures.ts";
import { openBy } from "#e2e/open-by.ts";

test("the inventory shows a new certificate, narrows by the address and leads to its page", async ({
  connectDevice,
  createDevice,
  page,
}) => {
  const device = await createDevice("Inventory pump");
  await connectDevice(device);

  await page.goto("/certificates");
  await expect(page.getByRole("heading", { name: "Run-out by week" })).toBeVisible();
  await page.getByText("Show as a table").click();
  await expect(page.getByRole("columnheader", { name: "Not planned" })).toBeVisible();
  await expect(async () => {
    await page.getByRole("searchbox").fill(device.sha256.slice(0, 20));
    await expect(page).toHaveURL(/q=/, { timeout: 2_000 });
  }).toPass();
  const table = page.getByRole("table", { name: "Certificates" });
  await table.getByRole("link", { name: "Inventory pump" }).click();

  await expect(page.getByRole("heading", { name: "Certificate of Inventory pump" })).toBeVisible();
  await expect(page.getByText("It may prove a client in TLS.")).toBeVisible();
  await expect(page.getByText("connected with it now")).toBeVisible();
  const chain = page.getByRole("region", { name: "Chain" });
  await expect(chain.getByText("Issuing CA", { exact: true })).toBeVisible();
  await expect(chain.getByText("Root CA", { exact: true })).toBeVisible();
  await expectAccessible(page);

  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  await page.getByRole("menuitem", { name: "PEM", exact: true }).click();
  const file = await (await downloading).path();
  expect(readFileSync(file, "utf8").trim()).toBe(device.certificatePem.trim());
});

test("a sentence above the timeline, the export and REST say the same as the table", async ({
  api,
  createDevice,
  page,
}) => {
  const device = await createDevice("Exported pump");
  const call = await api("auditor");
  const query = `text=${device.deviceId}&standing=not_used`;
  const listed = (await (await call(`/certificates?${query}`)).json()) as {
    certificates: { id: string; standing: string }[];
  };
  expect(listed.certificates).toMatchObject([{ standing: "not_used" }]);
  const exported = await (await call(`/certificates/export?${query}&format=csv`)).text();
  expect(exported.trim().split("\r\n")).toHaveLength(2);
  expect(exported).toContain(device.sha256);

  await page.goto(`/certificates?q=${device.deviceId}&standing=not_used`);
  await expect(page.getByText("1 certificate", { exact: true })).toBeVisible();
  const shown = (await (await call(`/certificates/${listed.certificates[0]?.id}`)).json()) as {
    chain: unknown[];
  };
  expect(shown.chain).toHaveLength(2);
});

test("a trust anchor of the firmware is noted, shown in the inventory, and removed", async ({
  createDevice,
  page,
}) => {
  const { caPem } = await createDevice("Anchored pump");
  await page.goto("/certificates/trust-anchors");
  await openBy(page.getByRole("button", { name: "Add a trust anchor" }), page.getByRole("dialog"));
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Factory root");
  await dialog.getByRole("textbox", { name: "Certificate" }).fill(caPem);
  await dialog.getByLabel("Firmware versions").fill("1.0, 1.1");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("cell", { name: "1.0, 1.1" })).toBeVisible();

  await page.goto("/certificates?kind=trust_anchor");
  await expect(page.getByRole("link", { name: "Factory root" })).toBeVisible();

  await page.goto("/certificates/trust-anchors");
  await expect(async () => {
    await page.getByRole("button", { name: "Remove Factory root" }).click();
    await expect(page.getByRole("alertdialog").or(page.getByRole("dialog"))).toBeVisible({
      timeout: 2_000,
    });
  }).toPass();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(page.getByText("No trust anchor is noted")).toBeVisible();
});

test("the inventory of cryptography rates what is in use", async ({ page }) => {
  await page.goto("/certificates/inventory");
  const keys = page.getByRole("region", { name: "Keys of devices" });
  await expect(keys.getByRole("cell", { name: "EC P-256" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Of the product itself" })).toBeVisible();
  await expect(page.getByText("AES-256-GCM")).toBeVisible();
});
