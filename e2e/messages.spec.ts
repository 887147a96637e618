import { expect, test, type CreatedDevice } from "#e2e/fixtures.ts";
import type { Page } from "@playwright/test";
import type { MqttClient } from "mqtt";

const telemetry = ({ deviceId }: CreatedDevice) => `qs/v1/d/${deviceId}/up/telemetry`;

async function publish(client: MqttClient, topic: string, payload: string): Promise<void> {
  // A refused message is answered with a reason of 0x80 or above, which the client throws.
  await client.publishAsync(topic, payload, { qos: 1 }).catch(() => undefined);
}

const stat = (page: Page, name: string) => page.locator(`[data-stat="${name}"]`);

async function numberOf(page: Page, name: string): Promise<number> {
  return Number((await stat(page, name).innerText()).replaceAll(/\D/g, ""));
}

test("the ledger adds up: what was received is stored or a dead letter, and nothing vanished", async ({
  connectDevice,
  createDevice,
  page,
}) => {
  const device = await createDevice("Counted pump");
  const client = await connectDevice(device);
  await page.goto("/messages");
  const before = {
    received: await numberOf(page, "received"),
    stored: await numberOf(page, "stored"),
  };

  for (let n = 0; n < 6; n += 1) await publish(client, telemetry(device), `{"level":${n}}`);
  for (let n = 0; n < 3; n += 1) await publish(client, telemetry(device), `{"level":`);

  await expect
    .poll(async () => (await numberOf(page, "received")) - before.received, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(9);
  expect((await numberOf(page, "stored")) - before.stored).toBeGreaterThanOrEqual(6);
  await expect(stat(page, "unaccounted")).toHaveText("0");
  await expect(page.getByRole("link", { name: "Not JSON" })).toBeVisible();
  await expect(page.getByText("Every minute adds up.")).toBeVisible();
});

test("the ledger's counts can be exported", async ({ page }) => {
  await page.goto("/messages?range=24h");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export the counts of this range as CSV" }).click();
  const stream = await (await download).createReadStream();
  const text = (await stream.toArray()).join("");
  expect(text).toMatch(/^minute,transport,profile,outcome,reason,count\r\n/);
});

test("a message is followed by its id to where it ended, whether it was stored or refused", async ({
  api,
  cli,
  connectDevice,
  createDevice,
  page,
}) => {
  const device = await createDevice("Followed pump");
  const client = await connectDevice(device);
  const id = `follow-${device.deviceId}`;
  await publish(
    client,
    telemetry(device),
    JSON.stringify({ id, ts: Date.now(), values: { level: 7.5, mode: "auto" } }),
  );
  await publish(client, telemetry(device), `{"id":"${id}-bad","values":{"level":`);

  await page.goto("/messages/follow");
  await page.getByLabel("Message id or sequence number").fill(id);
  await page.getByRole("button", { name: "Follow" }).click();

  const found = page.getByRole("region", { name: device.deviceId });
  await expect(found.first()).toBeVisible();
  const stored = found.filter({ hasText: "Stored row" });
  await expect(stored).toContainText("generic@1, which takes any flat object.");
  await expect(stored).toContainText('"level": 7.5');
  await expect(stored).toContainText("mqtts, QoS 1");

  await page.getByLabel("Message id or sequence number").fill(`${id}-bad`);
  await page.getByRole("button", { name: "Follow" }).click();
  const refused = page.getByRole("region", { name: device.deviceId });
  await expect(refused).toContainText("not reached");
  await expect(refused).toContainText("would be refused today");
  await expect(refused.getByRole("link", { name: "Open its group of dead letters" })).toBeVisible();

  const get = await api("operator");
  const answer = (await (await get(`/messages/follow?id=${id}`)).json()) as {
    messages: readonly { end: { as: string } }[];
  };
  expect(answer.messages.map(({ end }) => end.as)).toContain("reading");
  const { document } = await cli("follow", "--id", `${id}-bad`, "--device", device.deviceId);
  expect(document).toMatchObject({ messages: [{ end: { as: "dead_letter" } }] });
});

test("the device's page leads to the way of each message", async ({
  connectDevice,
  createDevice,
  page,
}) => {
  const device = await createDevice("Linked pump");
  const client = await connectDevice(device);
  await publish(client, telemetry(device), '{"level":1}');

  await page.goto(`/devices/${device.deviceId}`);
  await page.getByRole("link", { name: "Follow" }).first().click();

  await expect(page).toHaveURL(/\/messages\/follow\?/);
  await expect(page.getByRole("region", { name: device.deviceId })).toContainText("Stored row");
});

test("the live tail shows messages as they come, holds still, filters and decodes", async ({
  connectDevice,
  createDevice,
  page,
}) => {
  const device = await createDevice("Watched pump");
  const client = await connectDevice(device);
  await page.goto(`/messages/live?device=${device.deviceId}`);
  await expect(page.getByText("Waiting for messages")).toBeVisible();
  // The stream is open when the page says that it is live.
  await expect(page.getByText("Live", { exact: true }).first()).toBeVisible();
  await page.waitForTimeout(1_000);

  await publish(client, telemetry(device), '{"level":1}');
  await publish(client, telemetry(device), "no json");

  const table = page.getByRole("table", { name: "Messages as they come" });
  await expect(table.getByText("dead letter")).toBeVisible();
  await expect(table.getByText('{"level":1}')).toBeVisible();

  await page.getByRole("button", { name: "Pause" }).click();
  await publish(client, telemetry(device), '{"level":2}');
  await expect(page.getByText("paused, 1 waiting")).toBeVisible();
  await expect(table.getByText('{"level":2}')).toHaveCount(0);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(table.getByText('{"level":2}')).toBeVisible();

  await table.getByRole("button").first().click();
  const drawer = page.getByRole("dialog");
  await expect(drawer).toContainText('"level": 2');
  await drawer.getByRole("link", { name: "Follow this message" }).click();
  await expect(page.getByRole("region", { name: device.deviceId })).toContainText("Stored row");
});

test("a filter of the tail that cannot be is told in words", async ({ page }) => {
  await page.goto("/messages/live?device=no-such-device");
  await expect(page.getByText("The tail cannot be shown")).toBeVisible();
  await expect(page.getByText("There is no device “no-such-device”.")).toBeVisible();
});
