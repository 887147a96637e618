import type { Browser, Page } from "@playwright/test";
import mqtt from "mqtt";
import { expect, test, type CliAnswer, type CreatedDevice } from "#e2e/fixtures.ts";

/** Another organisation, with its administrator's browser. */
async function openOther(
  browser: Browser,
  cli: (...parameters: string[]) => Promise<CliAnswer>,
): Promise<Page> {
  const person = ["--email", "cora@canal.example", "--person", "Cora Customer"];
  const { document } = await cli("organisation", "create", "--name", "Canal Works", ...person);
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto(String(document["url"]));
  await page.getByRole("textbox", { name: "Password" }).fill("copper meadow sixty bicycle");
  await page.getByRole("button", { name: "Save and sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");
  return page;
}

/** A device that connects again by itself, as devices do. */
function connect(device: CreatedDevice, port: number) {
  return mqtt.connectAsync(`mqtts://localhost:${port}`, {
    protocolVersion: 5,
    clientId: device.deviceId,
    cert: device.certificatePem,
    key: device.privateKeyPem,
    ca: device.caPem,
    reconnectPeriod: 200,
  });
}

test("a device moves to another organisation while it goes on sending", async ({
  page,
  browser,
  api,
  cli,
  createDevice,
  product,
}) => {
  const device = await createDevice("Lock gate 4", "--id", "lock-gate-4");
  const client = await connect(device, product.mqttsPort);
  const say = (level: number) =>
    client.publishAsync("qs/v1/d/lock-gate-4/up/telemetry", JSON.stringify({ level }), { qos: 1 });
  await say(1);

  await page.goto("/devices/lock-gate-4");
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Transfer or claim code…" }).click();
  await page.getByRole("button", { name: "Make a code" }).click();
  const link = await page
    .locator("[data-offer]")
    .getByText(/\/onboard\/claim#/)
    .innerText();
  await expect(page.getByRole("img", { name: /QR code/ })).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("region", { name: "Offers" })).toContainText("open");

  const other = await openOther(browser, cli);
  await other.goto(link.trim());
  await other.getByRole("button", { name: "See what it is" }).click();
  const claim = other.getByRole("region", { name: "Is this the device?" });
  await expect(claim).toContainText("lock-gate-4");
  await expect(claim).toContainText("Harbour Works");
  await other.getByRole("textbox", { name: "Name" }).fill("Our lock gate");
  const dropped = new Promise<void>((resolve) => client.once("close", () => resolve()));
  await other.getByRole("button", { name: "Claim the device" }).click();
  await expect(other.getByRole("heading", { name: "Our lock gate is yours" })).toBeVisible();

  await dropped;
  await expect.poll(() => client.connected).toBe(true);
  await other.getByRole("link", { name: "Open the device" }).click();
  await expect(other.getByRole("heading", { level: 1, name: "Our lock gate" })).toBeVisible();
  const level = other.locator('[data-metric="level"] [data-value]');
  await expect(async () => {
    await say(2);
    await expect(level).toHaveText("2", { timeout: 2_000 });
  }).toPass();
  await client.endAsync(true);

  await page.goto("/devices/lock-gate-4.transferred-1");
  await expect(page.locator('[data-metric="level"] [data-value]')).toHaveText("1");
  await expect(page.getByRole("region", { name: "Offers" })).toContainText("the device is gone");
  expect((await (await api())("/devices/lock-gate-4")).status).toBe(404);
  const verified = await cli("audit", "verify");
  const theirs = await cli("audit", "verify", "--organisation", "canal-works");
  expect([verified.status, theirs.status]).toEqual([0, 0]);

  await other.goto(link.trim());
  await other.getByRole("button", { name: "See what it is" }).click();
  await expect(other.getByText(/This code is not valid/)).toBeVisible();
  await other.context().close();
});

test("an offer is withdrawn, and its code is worth nothing", async ({
  page,
  cli,
  createDevice,
}) => {
  await createDevice("Kept pump", "--id", "kept-pump");
  const { document } = await cli("device", "offer", "kept-pump", "--kind", "claim");
  expect(String(document["link"])).toMatch(/\/onboard\/claim#(?:[0-9A-Z]{4}-){7}[0-9A-Z]{4}$/);
  await page.goto("/devices/kept-pump");
  await page.getByRole("button", { name: /Withdraw the offer/ }).click();
  await expect(page.getByRole("region", { name: "Offers" })).toContainText("withdrawn");

  const claimed = await cli("device", "claim", "--code", String(document["code"]));
  expect(claimed).toMatchObject({ status: 1, document: { error: { code: "not_found" } } });
});
