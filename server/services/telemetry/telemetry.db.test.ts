import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import { listDeadLetters } from "#server/services/dead-letter/list.ts";
import { showDeadLetter } from "#server/services/dead-letter/show.ts";
import { listAudit } from "#server/services/audit/list.ts";
import { ledgerSummary } from "#server/services/ledger/summary.ts";
import { latestTelemetry } from "#server/services/telemetry/latest.ts";
import { tailMessages } from "#server/services/telemetry/messages.ts";
import { telemetrySeries } from "#server/services/telemetry/series.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createIngestDevice, startIngestBench } from "#server/testing/ingest.ts";

const start = Math.floor(Date.now() / 1000) * 1000 - 600_000;
const readings = 600;

let database: TestDatabase;
let acme: TestTenant;
let other: TestTenant;
let pump: DeviceIdentity;
beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  pump = await createIngestDevice(database, acme, "pump");
  const bench = startIngestBench(database.ingest);
  const payloads = Array.from({ length: readings }, (_, second) => {
    const spike = second === 300 ? 1000 : second % 10;
    return `{"ts":${start + second * 1000},"values":{"level":${spike},"on":${second % 2 === 0},"mode":"m${second}"}}`;
  });
  await bench.send(pump, payloads);
  await bench.send(pump, ["not json", '{"a":{}}', Buffer.from([0xff, 0x01])]);
  await bench.stop(5000);
});
afterAll(() => database.drop());

const range = { device: "pump", from: new Date(start), to: new Date(start + 600_000) };

describe("telemetry.series", () => {
  it("gives every reading when there are few enough", async () => {
    const [level, on] = await telemetrySeries(acme.ctx("viewer"), {
      ...range,
      metrics: ["level", "on"],
      points: 600,
    });
    expect(level?.points).toHaveLength(readings);
    expect(level?.points[3]).toEqual([start + 3000, 3]);
    expect(level?.envelope[300]).toEqual([start + 300_000, 1000, 1000]);
    expect(on?.points.slice(0, 3)).toEqual([
      [start, 1],
      [start + 1000, 0],
      [start + 2000, 1],
    ]);
  });

  it("sums up more readings than points, and keeps a spike in the envelope", async () => {
    const [level] = await telemetrySeries(acme.ctx("viewer"), {
      ...range,
      metrics: ["level"],
      points: 60,
    });
    expect(level?.points.length).toBeLessThanOrEqual(60);
    expect(level?.points.length).toBeGreaterThanOrEqual(20);
    expect(level?.envelope).toHaveLength(level?.points.length ?? 0);
    expect(Math.max(...(level?.envelope ?? []).map(([, , max]) => max))).toBe(1000);
    expect(level?.points.every(([t]) => t % 10_000 === 0)).toBe(true);
  });

  it("takes the range's start and not its end, and times as an address has them", async () => {
    const [level] = await telemetrySeries(acme.ctx("viewer"), {
      device: "pump",
      metrics: ["level"],
      from: String(start),
      to: new Date(start + 2000).toISOString(),
    });
    expect(level?.points.map(([t]) => t)).toEqual([start, start + 1000]);
  });

  it("knows nothing of a metric that nobody sent", async () => {
    const series = await telemetrySeries(acme.ctx("viewer"), { ...range, metrics: ["none"] });
    expect(series).toEqual([{ metric: "none", unit: null, points: [], envelope: [] }]);
  });

  it("follows a metric from one schema version into the next", async () => {
    const later = start + 700_000;
    await database.ingest.pool.query("SELECT 1");
    const client = await database.app.pool.connect();
    await client.query("BEGIN");
    await client.query("SELECT set_config('app.tenant', $1, true)", [acme.tenantId]);
    await client.query(
      `WITH s AS (INSERT INTO "schema" (tenant_id, name) VALUES ($1, 'pump-2') RETURNING id),
       v AS (INSERT INTO schema_version (tenant_id, name, version, schema_ref) SELECT $1, 'pump', 2, id FROM s RETURNING id),
         f AS (INSERT INTO schema_field (tenant_id, schema_id, position, name, type, unit)
               SELECT $1, id, 7, 'level', 'number', 'm' FROM v)
       INSERT INTO profile (tenant_id, name, schema_id) SELECT $1, 'pump2', id FROM v`,
      [acme.tenantId],
    );
    await client.query("COMMIT");
    client.release();
    const profiles = await database.ingest.pool.query<{ id: string }>(
      "SELECT id FROM profile WHERE name = 'pump2'",
    );
    const bench = startIngestBench(database.ingest);
    const profileId = profiles.rows[0]?.id ?? "";
    await bench.send({ ...pump, profileId }, [`{"ts":${later},"values":{"level":42}}`]);
    await bench.stop(5000);

    const [level] = await telemetrySeries(acme.ctx("viewer"), {
      device: "pump",
      metrics: ["level"],
      from: new Date(start + 598_000),
      to: new Date(later + 1),
    });
    expect(level).toMatchObject({
      unit: "m",
      points: [
        [start + 598_000, 8],
        [start + 599_000, 9],
        [later, 42],
      ],
    });
  });

  it.each([
    ["no metric", { metrics: [] }],
    ["too many points", { metrics: ["level"], points: 2001 }],
    ["an end before the start", { metrics: ["level"], to: new Date(start) }],
    ["one point", { metrics: ["level"], points: 1 }],
    ["a year that nobody means", { metrics: ["level"], from: new Date("1066-10-14") }],
  ])("refuses %s", async (_, more) => {
    const call = telemetrySeries(acme.ctx("viewer"), { ...range, ...more });
    await expect(call).rejects.toMatchObject({ code: "invalid" });
  });

  it("does not show another organisation's device", async () => {
    const call = telemetrySeries(other.ctx("admin"), { ...range, metrics: ["level"] });
    await expect(call).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("telemetry.latest", () => {
  it("gives each field's newest value", async () => {
    const latest = await latestTelemetry(acme.ctx("viewer"), { device: "pump" });
    expect(latest.fields.map(({ name, value }) => [name, value])).toEqual([
      ["level", expect.any(Number)],
      ["mode", "m599"],
      ["on", false],
    ]);
    expect(latest.receivedAt).toBeGreaterThan(start);
  });

  it("of another organisation's device is not found", async () => {
    const call = latestTelemetry(other.ctx("admin"), { device: "pump" });
    await expect(call).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("telemetry.messages", () => {
  it("shows stored messages with their fields and, to those who may, what was refused", async () => {
    const forOperator = await tailMessages(acme.ctx("operator"), { device: "pump", limit: 6 });
    const forViewer = await tailMessages(acme.ctx("viewer"), { device: "pump", limit: 200 });
    const refused = forOperator.filter(({ outcome }) => outcome === "dead_lettered");
    expect(refused).toHaveLength(3);
    expect(forOperator).toHaveLength(6);
    expect(forViewer.every(({ outcome }) => outcome === "stored")).toBe(true);
    expect(forViewer.find(({ at }) => at === start + 599_000)).toMatchObject({
      values: { level: 9, on: false, mode: "m599" },
      serverTime: null,
    });
  });
});

describe("telemetry.messages besides readings", () => {
  it("shows states and events with their channel and the beginning of their text", async () => {
    const valve = await createIngestDevice(database, acme, "valve");
    const bench = startIngestBench(database.ingest);
    await bench.send(valve, ['{"online":true}'], { channel: "state" });
    await bench.send(valve, ["x".repeat(5000)], { channel: "event/opened" });
    await bench.stop(5000);

    const tail = await tailMessages(acme.ctx("viewer"), { device: "valve" });

    expect(tail).toMatchObject([
      { outcome: "stored", channel: "event/opened", text: "x".repeat(512) },
      { outcome: "stored", channel: "state", text: '{"online":true}' },
    ]);
    await expect(tailMessages(other.ctx("admin"), { device: "valve" })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("ledger.summary", () => {
  it("accounts for every message", async () => {
    const summary = await ledgerSummary(acme.ctx("viewer"), {
      from: new Date(Date.now() - 3_600_000),
      to: new Date(Date.now() + 60_000),
    });
    expect(summary.received).toBeGreaterThanOrEqual(603);
    expect(summary.unaccounted).toBe(0);
    expect(summary.totals.dead_lettered).toBe(3);
    expect(summary.reasons).toContainEqual({
      outcome: "dead_lettered",
      reason: "not-json",
      count: 2,
    });
    expect(summary.steps.reduce((sum, { received }) => sum + received, 0)).toBe(summary.received);
    expect(summary.steps.every(({ unaccounted }) => unaccounted === 0)).toBe(true);
  });

  it("is empty for an organisation without messages", async () => {
    const summary = await ledgerSummary(other.ctx("viewer"), {
      from: new Date(Date.now() - 3_600_000),
      to: new Date(),
    });
    expect(summary).toMatchObject({ received: 0, unaccounted: 0, steps: [], reasons: [] });
  });
});

describe("dead letters", () => {
  it("are listed page by page, each once", async () => {
    const ctx = acme.ctx("operator");
    const first = await listDeadLetters(ctx, { limit: 2 });
    const second = await listDeadLetters(ctx, { limit: 2, cursor: first.next ?? "" });
    expect(first.letters).toHaveLength(2);
    expect(second.letters).toHaveLength(1);
    expect(second.next).toBeNull();
    expect(new Set([...first.letters, ...second.letters].map(({ id }) => id)).size).toBe(3);
  });

  it.each([
    [{ reason: "not-json" }, 2],
    [{ reason: "empty" }, 0],
    [{ device: "pump" }, 3],
    [{ device: "pum" }, 0],
    [{ text: "FLATTEN" }, 1],
    [{ text: "up/telemetry" }, 3],
    [{ text: "100%" }, 0],
  ])("are filtered by %o: %i", async (filter, count) => {
    const page = await listDeadLetters(acme.ctx("operator"), filter);
    expect(page.letters).toHaveLength(count);
  });

  it("are shown with their bytes, and that is recorded", async () => {
    const ctx = acme.ctx("operator");
    const { letters } = await listDeadLetters(ctx, { reason: "not-json" });
    const shown = await Promise.all(letters.map(({ id }) => showDeadLetter(ctx, { id })));
    expect(
      shown.map(({ payload }) => payload).toSorted((a, b) => a.as.localeCompare(b.as)),
    ).toEqual([
      { as: "hex", content: "ff01" },
      { as: "text", content: "not json" },
    ]);
    const audit = await listAudit(acme.ctx("auditor"), { action: "deadLetter.read" });
    expect(audit.events.map(({ target }) => target).toSorted()).toEqual(
      letters.map(({ id }) => `deadLetter:${id}`).toSorted(),
    );
  });

  it("of another organisation are neither listed nor shown", async () => {
    const { letters } = await listDeadLetters(acme.ctx("operator"), {});
    const id = letters[0]?.id ?? "";
    expect(await listDeadLetters(other.ctx("operator"), {})).toEqual({ letters: [], next: null });
    const call = showDeadLetter(other.ctx("operator"), { id });
    await expect(call).rejects.toMatchObject({ code: "not_found" });
  });

  it("are not for viewers", async () => {
    await expect(listDeadLetters(acme.ctx("viewer"), {})).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  it("refuse a cursor that nobody gave", async () => {
    const call = listDeadLetters(acme.ctx("operator"), { cursor: "x" });
    await expect(call).rejects.toMatchObject({ code: "invalid" });
  });
});
