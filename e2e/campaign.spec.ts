import type { Page } from "@playwright/test";
import { expectAccessible } from "#e2e/accessible.ts";
import { RenewingDevice } from "#e2e/chaos/renewing-device.ts";
import { expect, test, type CreatedDevice } from "#e2e/fixtures.ts";
import type { Product } from "#e2e/product.ts";

/** A device that stays connected and renews when it is asked. */
async function connected(product: Product, device: CreatedDevice): Promise<RenewingDevice> {
  const { mqttsPort } = product;
  const door = { mqttsPort, httpsPort: 0, rootPem: device.caPem };
  const identity = { cert: device.certificatePem, key: device.privateKeyPem };
  const renewing = new RenewingDevice(door, device.deviceId, identity);
  await renewing.wake();
  return renewing;
}

/** The first two steps of the wizard. */
async function choose(page: Page, at: { readonly name: string; readonly tag: string }) {
  await page.goto(`/certificates/campaigns/new?tags=${at.tag}`);
  const meets = page.getByRole("region", { name: "What the campaign meets" });
  // Before the page is alive the form would be sent to the server.
  await expect(async () => {
    await page.getByRole("textbox", { name: "Name of the campaign" }).fill(at.name);
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(meets).toBeVisible({ timeout: 2_000 });
  }).toPass();
  return meets;
}

test("a campaign is planned, renews connected devices, is changed, and stays as evidence", async ({
  page,
  api,
  product,
  createDevice,
  watch,
}) => {
  watch(page);
  test.setTimeout(90_000);
  const admin = await api("admin");
  const names = ["rotor-1", "rotor-2", "rotor-3"];
  const devices: CreatedDevice[] = [];
  for (const id of names) {
    devices.push(await createDevice(`Rotor ${id.at(-1)}`, "--id", id));
    await admin(`/devices/${id}`, { method: "PATCH", body: JSON.stringify({ tags: ["rotor"] }) });
  }
  const awake = [];
  for (const device of devices.slice(0, 2)) awake.push(await connected(product, device));
  try {
    const meets = await choose(page, { name: "Rotors in autumn", tag: "rotor" });
    await expect(meets.locator("[data-stat=taken]")).toHaveText("3");
    await expect(meets.locator("[data-stat=connected]")).toHaveText("2");
    await expect(meets.locator("[data-stat=neverSeen]")).toHaveText("1");
    await expect(meets).toContainText("people renew");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Continue" }).click();

    await page.getByRole("button", { name: "Remove wave 2" }).click();
    await page.getByRole("textbox", { name: "Wave 1 ends at" }).fill("60");
    await page.getByRole("textbox", { name: "Wave 1: minutes before the next begins" }).fill("0");
    await page
      .getByRole("textbox", { name: "Wave 1: the next begins at renewed percent" })
      .fill("0");
    await page.getByRole("textbox", { name: "Devices a minute" }).fill("none");
    await page.getByRole("button", { name: "Start the campaign" }).click();
    await expect(page.getByText("A whole number of devices.")).toBeVisible();
    await page.getByRole("textbox", { name: "Devices a minute" }).fill("600");
    await page.getByRole("button", { name: "Start the campaign" }).click();

    await expect(page).toHaveURL(/\/certificates\/campaigns\/[0-9a-f-]{36}$/);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Rotors in autumn");
    await expect(page.getByText("2 of 3 devices have renewed.")).toBeVisible();
    const list = page.getByRole("region", { name: "Devices", exact: true });
    await list.getByRole("combobox", { name: "Devices by state" }).selectOption("asked");
    await expect(list.getByRole("row", { name: /Rotor 3/ })).toContainText("never connected");

    await page.getByRole("button", { name: "Pause" }).click();
    await expect(page.getByText("Paused", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByRole("textbox", { name: "Patience, days" }).fill("3");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("3 days")).toBeVisible();
    await page.getByRole("button", { name: "Resume" }).click();
    await expect(page.getByText("Running", { exact: true })).toBeVisible();
    await expectAccessible(page);
    awake.push(await connected(product, devices[2] as CreatedDevice));
    await expect(page.getByText("Done", { exact: true })).toBeVisible({ timeout: 25_000 });
    await expect(page.getByText("stay as evidence")).toBeVisible();
    expect(awake.every(({ hasRenewed }) => hasRenewed)).toBe(true);

    const id = page.url().split("/").at(-1);
    const report = await (await admin(`/campaigns/${id}/report`)).text();
    expect(report.trim().split("\r\n")).toHaveLength(4);
    await page.goto("/certificates/campaigns");
    await expect(page.getByRole("row", { name: /Rotors in autumn/ })).toContainText("3 of 3");
  } finally {
    await Promise.all(awake.map((device) => device.stop()));
  }
});

test("a viewer reads campaigns and changes none", async ({ api }) => {
  const viewer = await api("viewer");
  const post = (path: string, body: object) =>
    viewer(path, { method: "POST", body: JSON.stringify(body) });

  expect((await viewer("/campaigns")).status).toBe(200);
  expect((await post("/campaign-preview", { target: {} })).status).toBe(200);
  expect((await post("/campaigns", { name: "Mine", target: {} })).status).toBe(403);
});
