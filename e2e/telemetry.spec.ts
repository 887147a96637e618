import { expect, test } from "#e2e/fixtures.ts";

test("a device's chart shows what the store has, single or summed up, and the command line agrees", async ({
  cli,
  connectDevice,
  createDevice,
  page,
}) => {
  const device = await createDevice("Charted pump");
  const client = await connectDevice(device);
  const now = Date.now();
  // Back-fill of two days ago, as well: the chart of a week has it from rollups or beside them.
  const times = [now - 172_800_000, now - 120_000, now - 60_000, now - 1_000];
  for (const [n, ts] of times.entries()) {
    const reading = JSON.stringify({ id: `c${n}`, ts, values: { flow: 10 + n } });
    await client.publishAsync(`qs/v1/d/${device.deviceId}/up/telemetry`, reading, { qos: 1 });
  }

  await page.goto(`/devices/${device.deviceId}`);
  const chart = page.locator('[data-chart="flow"] figcaption');
  await expect(async () => {
    await page.getByRole("combobox", { name: "Range" }).selectOption("1h", { timeout: 1_000 });
    await expect(chart).toContainText("3 values", { timeout: 3_000 });
  }).toPass();
  await page.getByRole("combobox", { name: "Range" }).selectOption("7d");
  await expect(chart).toContainText("4 values");

  const asked = ["--devices", device.deviceId, "--metric", "flow", "--pixels", "10"];
  const { document } = await cli("telemetry", "query", ...asked, "--across", "all");
  expect(document).toMatchObject({
    series: [{ statistics: { count: 3, sum: 36, last: 13 } }],
    settling: false,
  });
});
