import { expect, test } from "#e2e/fixtures.ts";

test("a device comes and goes: its page and the fleet say so at once, and for how long it was heard", async ({
  page,
  createDevice,
  connectDevice,
  api,
  cli,
}) => {
  const device = await createDevice("Presence pump", "--id", "presence-pump");
  await page.goto("/devices/presence-pump");
  const card = page.getByRole("region", { name: "Presence" });
  await expect(card.locator("[data-presence=never_seen]").first()).toBeVisible();

  const client = await connectDevice(device);
  await client.publishAsync("qs/v1/d/presence-pump/up/telemetry", '{"flow":1}', { qos: 1 });
  await expect(card.locator("[data-presence-now] [data-presence=online]")).toBeVisible();

  await client.endAsync();
  await expect(card.locator("[data-presence-now] [data-presence=idle]")).toBeVisible();
  await expect(card.getByText("heard 100 % of its expected time, last 24 hours")).toBeVisible();
  await card.getByText("3 states").click();
  const rows = card.getByRole("region", { name: "How it was, newest first" }).getByRole("row");
  await expect(rows).toHaveCount(4);
  await expect(rows.nth(1)).toContainText("Idle");
  await expect(rows.nth(2)).toContainText("Online");

  const call = await api("viewer");
  const told = await call("/devices/presence-pump/presence?hours=1");
  expect(await told.json()).toMatchObject({ presence: "idle", availability: 1, gateway: null });
  expect((await call("/availability?days=91")).status).toBe(422);
  const { document } = await cli("device", "presence", "presence-pump");
  expect(document).toMatchObject({ presence: "idle" });
});

test("what a gateway delivers late is no sign of life, and its children are folded under it when it is shut out", async ({
  page,
  createDevice,
  connectDevice,
  api,
  cli,
}) => {
  const device = await createDevice("Presence gateway", "--id", "presence-gateway");
  await createDevice("Presence child", "--id", "presence-child");
  await cli("device", "attach", "presence-child", "--gateway", "presence-gateway");
  const gateway = await connectDevice(device);
  const say = (ts: number) =>
    gateway.publishAsync(
      "qs/v1/d/presence-gateway/up/child/presence-child/telemetry",
      JSON.stringify({ ts, values: { litres: 1 } }),
      { qos: 1 },
    );
  await say(Date.now() - 1_200_000);

  await page.goto("/devices/presence-child");
  const now = page.locator("[data-presence-now]");
  await expect(now.locator("[data-presence=silent]")).toBeVisible();
  await expect(now).toContainText("its gateway delivers old readings of it and no new ones");

  const call = await api();
  const change = (verb: string) => call(`/devices/presence-gateway/${verb}`, { method: "POST" });
  expect((await change("suspend")).status).toBe(200);
  await expect(now.locator("[data-presence=stranded]")).toBeVisible();
  await expect(
    page.getByRole("link", { name: "Behind Presence gateway, which is suspended since" }),
  ).toBeVisible();
  await page.goto("/devices?q=presence-child");
  await expect(page.locator("[data-folded-under=presence-gateway]")).toContainText(
    "behind Presence gateway, suspended",
  );
  await page.goto("/devices/presence-gateway");
  await expect(page.getByText("1 device behind it is not heard because of that")).toBeVisible();
  await page.goto("/");
  await expect(
    page.locator("[data-quiet-gateway]").filter({ hasText: "Presence gateway" }),
  ).toBeVisible();

  expect((await change("resume")).status).toBe(200);
  const back = await connectDevice(device);
  await page.goto("/devices/presence-child");
  await expect(now.locator("[data-presence=silent]")).toBeVisible();
  await back.publishAsync(
    "qs/v1/d/presence-gateway/up/child/presence-child/telemetry",
    '{"litres":2}',
    { qos: 1 },
  );
  await expect(now.locator("[data-presence=online]")).toBeVisible();
  await expect(now).toContainText("heard through its gateway");
});

test("availability is told for a period, by profile and tag, with the worst devices", async ({
  page,
}) => {
  await page.goto("/fleet/availability");
  await expect(page.getByRole("heading", { level: 1, name: "Availability" })).toBeVisible();
  await expect(page.locator("[data-stat=availability]")).toContainText("%");
  const groups = page.getByRole("region", { name: "By profile" }).first();
  await expect(groups.getByRole("link", { name: "generic" })).toBeVisible();

  await expect(async () => {
    await page.getByRole("combobox", { name: "Period" }).selectOption("1");
    await expect(page).toHaveURL(/days=1/, { timeout: 1_000 });
  }).toPass();
  await page.getByRole("combobox", { name: "Tell apart by" }).selectOption("tag");
  await expect(page).toHaveURL(/by=tag/);
  await page.goto("/fleet/availability?days=30&tag=nobody-has-this");
  await expect(page.getByText("No device to tell of")).toBeVisible();
  await page.getByRole("link", { name: "Show every device" }).click();
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  expect((await file).suggestedFilename()).toMatch(/^availability-.*\.csv$/);
});
