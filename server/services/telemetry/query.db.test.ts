import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Prisma } from "#server/db/generated/client.ts";
import { fleetFilterSchema } from "#server/domain/fleet-filter-schema.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import { bounded } from "#server/services/telemetry/bounded.ts";
import { queryEvents } from "#server/services/telemetry/events.ts";
import { latestTelemetry } from "#server/services/telemetry/latest.ts";
import { latestOfDevices } from "#server/services/telemetry/latest-of-devices.ts";
import { queryTelemetry } from "#server/services/telemetry/query.ts";
import { resolveDevices, selectionFromWords } from "#server/services/telemetry/resolve-devices.ts";
import { queryStates } from "#server/services/telemetry/states.ts";
import { queryTracks } from "#server/services/telemetry/tracks.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createIngestDevice, startIngestBench } from "#server/testing/ingest.ts";
import { asOwner, createVersions, storeReadings } from "#server/testing/telemetry-rows.ts";
import { withTenant } from "#server/db/tenant.ts";

const start = Math.floor(Date.now() / 60_000) * 60_000 - 600_000;
const second = 1_000;

let database: TestDatabase;
let acme: TestTenant;
let other: TestTenant;
let pump: DeviceIdentity;
let valve: DeviceIdentity;
let theirs: DeviceIdentity;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  pump = await createIngestDevice(database, acme, "pump");
  valve = await createIngestDevice(database, acme, "valve");
  theirs = await createIngestDevice(database, other, "theirs");
  await asOwner(database, acme.tenantId, (client) =>
    client.query(
      "UPDATE device SET tags = CASE device_id WHEN 'pump' THEN '{hall-1,wet}'::text[] ELSE '{hall-1}' END",
    ),
  );
  const bench = startIngestBench(database.ingest);
  const modes = ["idle", "idle", "run", "run", "run", "idle"];
  await bench.send(
    pump,
    modes.map((mode, n) => {
      const position = n === 3 ? '"lat":91,"lon":0' : `"lat":${50 + n},"lon":8`;
      return `{"ts":${start + n * second},"values":{"flow":${n},"mode":"${mode}","on":${n > 2},${position}}}`;
    }),
  );
  await bench.send(
    valve,
    [10, 20].map((flow, n) => `{"ts":${start + n * second},"values":{"flow":${flow}}}`),
  );
  await bench.send(theirs, [`{"ts":${start},"values":{"flow":999,"mode":"x"}}`]);
  await bench.send(pump, ['{"by":"Ada"}'], { channel: "event/opened" });
  await bench.send(theirs, ["{}"], { channel: "event/opened" });
  await bench.stop(5000);
});
afterAll(() => database.drop());

const range = { from: new Date(start), to: new Date(start + 600_000) };
const named = (...devices: readonly DeviceIdentity[]) => {
  return { by: "devices" as const, ids: devices.map(({ id }) => id) };
};
const everything = { by: "filter" as const, filter: fleetFilterSchema.parse({}) };

describe("telemetry.query", () => {
  it("gives few readings as they are, a line for each device and metric, by name", async () => {
    const answer = await queryTelemetry(acme.ctx("viewer"), {
      ...range,
      devices: everything,
      metrics: ["flow", "on", "none"],
    });
    expect(answer).toMatchObject({
      from: start,
      level: "raw",
      bucketMs: 0,
      devices: { matching: 2, shown: 2 },
      settling: false,
    });
    expect(
      answer.series.map(({ device, metric, type }) => [device?.deviceId, metric, type]),
    ).toEqual([
      ["pump", "flow", "number"],
      ["pump", "on", "boolean"],
      ["pump", "none", "number"],
      ["valve", "flow", "number"],
      ["valve", "on", "boolean"],
      ["valve", "none", "number"],
    ]);
    expect(answer.series[0]?.points[2]).toEqual([start + 2 * second, 2, 2, 2, 1]);
    expect(answer.series[1]?.points.map(([, value]) => value)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(answer.series[2]?.points).toEqual([]);
    expect(answer.series[3]?.points.map(([, value]) => value)).toEqual([10, 20]);
  });

  it("brings devices together by tag, one with two tags in both lines", async () => {
    const { series, devices } = await queryTelemetry(acme.ctx("viewer"), {
      ...range,
      devices: everything,
      metrics: ["flow"],
      pixels: 2,
      across: "tag",
      aggregate: "sum",
    });
    const summed = series.map(({ group, points }) => [
      group,
      points.reduce((sum, [, value]) => sum + value, 0),
    ]);
    expect(summed).toEqual([
      ["hall-1", 45],
      ["wet", 15],
    ]);
    expect(devices).toEqual({ matching: 2, shown: 2 });
  });

  it("brings devices together by profile", async () => {
    const { series } = await queryTelemetry(acme.ctx("viewer"), {
      ...range,
      devices: everything,
      metrics: ["flow"],
      across: "profile",
      statistics: true,
    });
    expect(series).toHaveLength(1);
    expect(series[0]).toMatchObject({
      group: "generic",
      statistics: { count: 8, sum: 45, min: 0, max: 20, last: 5, lastAt: start + 5 * second },
    });
  });

  it("shows nothing of other organisations, whatever is named", async () => {
    const each = await queryTelemetry(acme.ctx("viewer"), {
      ...range,
      devices: named(pump, theirs),
      metrics: ["flow"],
    });
    const all = await queryTelemetry(acme.ctx("viewer"), {
      ...range,
      devices: named(theirs),
      metrics: ["flow"],
      across: "all",
    });
    expect(each.series.map(({ device }) => device?.deviceId)).toEqual(["pump"]);
    expect(each.devices).toEqual({ matching: 1, shown: 1 });
    expect(all).toMatchObject({ series: [], devices: { matching: 0, shown: 0 } });
  });

  it("is refused by the functions themselves for a device of somebody else", async () => {
    const rows = await withTenant({ db: database.app, tenantId: acme.tenantId }, (tx) =>
      tx.$queryRaw<object[]>(Prisma.sql`
        SELECT of_all FROM telemetry.count_readings(ARRAY[${theirs.deviceKey}]::bigint[], ${range.from}, ${range.to}, 10)`),
    );
    expect(rows).toEqual([{ of_all: 0n }]);
  });

  it("has no lines for a group that is gone", async () => {
    const answer = await queryTelemetry(acme.ctx("viewer"), {
      ...range,
      devices: { by: "group", groupId: "11111111-2222-4333-8444-555555555555" },
      metrics: ["flow"],
    });
    expect(answer).toMatchObject({ series: [], devices: { matching: 0, shown: 0 } });
  });

  it("gives units of the versions that the readings have, and none where they differ", async () => {
    const fields = (unit: string) => [{ position: 0, name: "level", type: "number", unit }];
    const versions = await createVersions(database, acme, "tank", [fields("m"), fields("cm")]);
    const insert = (n: number, version: number) =>
      database.ingest.pool.query(
        `INSERT INTO telemetry.reading (device_key, ts, message_key, received_at, schema_id, flags, "values")
         VALUES ($1, to_timestamp($2), $3, now(), $4, 0, '{1}')`,
        [pump.deviceKey, start / 1000 + n, n, version],
      );
    const ask = async (to: number) => {
      const { series } = await queryTelemetry(acme.ctx("viewer"), {
        devices: named(pump, valve),
        metrics: ["level"],
        from: range.from,
        to: new Date(start + to * second),
      });
      return series.map(({ unit, points }) => [unit, points.length]);
    };
    await insert(1, versions[0]!);
    await insert(20, versions[1]!);
    expect(await ask(10)).toEqual([
      ["m", 1],
      ["cm", 0],
    ]);
    expect(await ask(30)).toEqual([
      [null, 2],
      ["cm", 0],
    ]);
  });

  it.each([
    ["an end before the start", { to: new Date(start - 1) }, "to"],
    ["an empty range", { to: new Date(start) }, "to"],
    ["no number for a time", { from: "NaN" as unknown as Date }, "from"],
    ["a year beyond all clocks", { to: new Date("9999-01-01") }, "to"],
    [
      "more metrics than fit",
      { metrics: Array.from({ length: 21 }, (_, n) => `m${n}`) },
      "metrics",
    ],
    ["no metric", { metrics: [] }, "metrics"],
    ["more pixels than screens have", { pixels: 1e6 }, "pixels"],
    ["an infinite width", { pixels: Infinity }, "pixels"],
    [
      "a thousand and one devices",
      {
        devices: {
          by: "devices" as const,
          ids: Array.from({ length: 1_001 }, () => "11111111-2222-4333-8444-555555555555"),
        },
      },
      "devices.ids",
    ],
  ])("refuses %s", async (_, more, path) => {
    const asked = { ...range, devices: everything, metrics: ["flow"], ...more };
    await expect(queryTelemetry(acme.ctx("viewer"), asked)).rejects.toMatchObject({
      code: "invalid",
      fields: [expect.objectContaining({ path })],
    });
  });

  it("ends its statement when whoever asked goes away, and leaves the connection whole", async () => {
    const leaving = new AbortController();
    const ctx = { ...acme.ctx("viewer"), signal: leaving.signal };
    const startedAt = performance.now();
    const asked = withTenant(ctx, (tx) =>
      bounded({ ctx, tx }, async () => {
        const slow = tx.$queryRaw`SELECT pg_sleep(20)::text`;
        setTimeout(() => leaving.abort(), 20);
        return slow;
      }),
    );
    await expect(asked).rejects.toMatchObject({ code: "unavailable" });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    const after = await queryTelemetry(acme.ctx("viewer"), {
      ...range,
      devices: named(pump),
      metrics: ["flow"],
    });
    expect(after.devices.shown).toBe(1);
  });

  it("says so when a range takes too long to read", async () => {
    const ctx = acme.ctx("viewer");
    const asked = withTenant(ctx, (tx) =>
      bounded({ ctx, tx }, async () => {
        await tx.$queryRaw`SELECT set_config('statement_timeout', '10', true)`;
        return tx.$queryRaw`SELECT pg_sleep(20)::text`;
      }),
    );
    await expect(asked).rejects.toMatchObject({ code: "invalid", message: /too many readings/ });
  });
});

describe("telemetry.states", () => {
  it("gives runs of text and switches, each until the next", async () => {
    const { series } = await queryStates(acme.ctx("viewer"), {
      ...range,
      devices: named(pump, theirs),
      metrics: ["mode", "on"],
    });
    const at = (n: number) => start + n * second;
    expect(series).toMatchObject([
      {
        device: { deviceId: "pump" },
        metric: "mode",
        runs: [
          [at(0), at(2), "idle"],
          [at(2), at(5), "run"],
          [at(5), at(5), "idle"],
        ],
        completeFrom: start,
      },
      {
        metric: "on",
        runs: [
          [at(0), at(3), false],
          [at(3), at(5), true],
        ],
      },
    ]);
  });

  it("gives the newest runs when there are too many, and says from when on", async () => {
    const { series } = await queryStates(acme.ctx("viewer"), {
      ...range,
      devices: named(pump),
      metrics: ["mode"],
      runs: 1,
    });
    expect(series[0]).toMatchObject({
      runs: [[start + 5 * second, start + 5 * second, "idle"]],
      completeFrom: start + 5 * second,
    });
  });
});

describe("telemetry.events", () => {
  it("gives events of the tenant's devices with their names and texts", async () => {
    const asked = { from: new Date(start), to: new Date(Date.now() + 60_000), devices: everything };
    const { events, devices } = await queryEvents(acme.ctx("viewer"), asked);
    expect(devices).toEqual({ matching: 2, shown: 2 });
    expect(events).toMatchObject([
      { device: { deviceId: "pump" }, name: "opened", text: '{"by":"Ada"}' },
    ]);
    const before = { ...asked, to: new Date(start + 1) };
    expect((await queryEvents(acme.ctx("viewer"), before)).events).toEqual([]);
  });
});

describe("telemetry.tracks", () => {
  it("gives positions by the usual names, without those that are none", async () => {
    const asked = { ...range, devices: everything, points: 2 };
    const { tracks } = await queryTracks(acme.ctx("viewer"), asked);
    expect(tracks).toMatchObject([{ device: { deviceId: "pump" } }]);
    expect(tracks[0]?.points.map(([t, latitude]) => [t, latitude])).toEqual([
      [start + 5 * second, 55],
    ]);
    const fine = await queryTracks(acme.ctx("viewer"), {
      devices: everything,
      from: range.from,
      to: new Date(start + 6 * second),
      points: 7,
    });
    expect(fine.tracks[0]?.points).toHaveLength(5);
  });

  it("takes other names, and both of them", async () => {
    const asked = { ...range, devices: named(pump), points: 2, latitude: "flow" };
    const { tracks } = await queryTracks(acme.ctx("viewer"), { ...asked, longitude: "lon" });
    expect(tracks[0]?.points[0]).toEqual([start + 5 * second, 5, 8]);
    await expect(queryTracks(acme.ctx("viewer"), asked)).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("telemetry.latestOfDevices", () => {
  it("gives the wanted metrics of each device, none of somebody else's", async () => {
    const latest = await latestOfDevices(acme.ctx("viewer"), {
      ids: [valve.id, theirs.id, pump.id],
      metrics: ["flow", "mode", "none"],
    });
    expect(latest).toEqual([
      { id: valve.id, values: { flow: { value: 20, at: start + second, unit: null } } },
      { id: theirs.id, values: {} },
      {
        id: pump.id,
        values: {
          flow: { value: 5, at: start + 5 * second, unit: null },
          mode: { value: "idle", at: start + 5 * second, unit: null },
        },
      },
    ]);
  });

  it("gives everything when nothing is named", async () => {
    const [latest] = await latestOfDevices(acme.ctx("viewer"), { ids: [pump.id] });
    expect(Object.keys(latest?.values ?? {}).toSorted()).toEqual([
      "flow",
      "lat",
      "lon",
      "mode",
      "on",
    ]);
  });
});

describe("telemetry.latest", () => {
  it("shows objects and lists as JSON, of the newest reading that has them", async () => {
    await asOwner(database, acme.tenantId, (client) =>
      storeReadings(
        client,
        [1, 2, 3].map((n) => ({
          deviceKey: valve.deviceKey,
          t: start + n,
          messageKey: n,
          schemaId: 1,
          values: [],
          ...(n === 3 ? {} : { extra: { position: { lat: n, lon: 8 }, flow: "text", steps: [n] } }),
        })),
      ),
    );
    const { fields } = await latestTelemetry(acme.ctx("viewer"), { device: "valve" });
    expect(fields).toEqual([
      { name: "flow", value: 20, at: start + second, unit: null },
      { name: "position", value: '{"lat":2,"lon":8}', at: start + 2, unit: null },
      { name: "steps", value: "[2]", at: start + 2, unit: null },
    ]);
  });
});

describe("devices in words", () => {
  it("are own ids and UUIDs, in their order", async () => {
    const words = { devices: ["valve", pump.id.toUpperCase()] };
    expect(await resolveDevices(acme.ctx("viewer"), words)).toEqual([valve.id, pump.id]);
  });

  it("are not found when they are another organisation's", async () => {
    const call = resolveDevices(acme.ctx("viewer"), { devices: ["pump", "theirs"] });
    await expect(call).rejects.toMatchObject({ code: "not_found", message: /theirs/ });
  });

  it("are named in one way", async () => {
    const both = selectionFromWords(acme.ctx("viewer"), { devices: ["pump"], query: "x" });
    await expect(both).rejects.toMatchObject({ code: "invalid" });
    expect(await selectionFromWords(acme.ctx("viewer"), {})).toEqual(everything);
  });
});
