import { expect, test } from "#e2e/fixtures.ts";

const hourMs = 3_600_000;

test("what is stored is shown, and a range is rolled up again while messages come in", async ({
  page,
  cli,
  api,
  createDevice,
  connectDevice,
}) => {
  const device = await createDevice("Storage pump");
  const client = await connectDevice(device);
  const topic = `qs/v1/d/${device.deviceId}/up/telemetry`;
  // Two hours late, and now.
  const late = Math.floor(Date.now() / hourMs) * hourMs - 2 * hourMs + 90_000;
  const send = (ts: number, a: number) =>
    client.publishAsync(topic, JSON.stringify({ id: `${ts}-${a}`, ts, values: { a } }), { qos: 1 });
  await send(late, 1);
  await send(Date.now(), 2);

  await page.goto("/settings/storage");
  await expect(page.getByRole("link", { name: "Storage" })).toHaveAttribute("aria-current", "page");
  const stores = page.getByRole("region", { name: "Stores" });
  await expect(stores.getByRole("row").filter({ hasText: "Readings" })).toContainText(/kB|MB/);
  await expect(page.getByRole("region", { name: "Time series" })).toContainText(
    "PostgreSQL's own partitions are used",
  );
  await expect(page.locator('[data-stat="rollups-waiting"]')).not.toHaveText("none");

  const range = [
    "--from",
    new Date(late - hourMs).toISOString(),
    "--to",
    new Date(late + hourMs).toISOString(),
  ];
  const asked = await cli("rollups", "rebuild", ...range);
  expect(asked.document).toMatchObject({ minutes: 121 });
  await send(late + 1000, 3);
  const ask = await api("auditor");
  const due = async (): Promise<unknown> => {
    const answer = (await (await ask("/storage")).json()) as { rollups: { dueMinutes: number } };
    return answer.rollups.dueMinutes;
  };
  await expect.poll(due, { timeout: 25_000 }).toBe(0);

  const tooLong = await cli("rollups", "rebuild", "--from", "2026-01-01", "--to", "2026-03-01");
  expect(tooLong.status).not.toBe(0);
  const byViewer = await api("viewer");
  expect((await byViewer("/storage")).status).toBe(403);
});
