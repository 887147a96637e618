import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Prisma } from "#server/db/generated/client.ts";
import { devicesAsLines } from "#server/db/find-chart-devices.ts";
import { findMetricFields, type MetricField } from "#server/db/find-metric-fields.ts";
import { readBucketedSeries, readRollupsBehind } from "#server/db/read-series.ts";
import { withTenant } from "#server/db/tenant.ts";
import { telemetryLevels } from "#server/domain/telemetry-query.ts";
import { planSources, widen } from "#server/domain/telemetry-sources.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import { metricPlaces } from "#server/services/telemetry/metric-places.ts";
import { queryTelemetry } from "#server/services/telemetry/query.ts";
import {
  statisticsOf,
  unpackSeries,
  type Bucket,
} from "#server/services/telemetry/unpack-series.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";
import {
  asOwner,
  createVersions,
  rollUpAll,
  storeReadings,
  type StoredReading,
} from "#server/testing/telemetry-rows.ts";

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 10, 20, 6);
const metrics = ["a", "b", "on"];

let database: TestDatabase;
let acme: TestTenant;
let devices: readonly DeviceIdentity[];
let versions: readonly number[];
let fields: readonly MetricField[];
let readings: readonly StoredReading[];

/** Rolled up without what came late; the minutes that are behind are told as ingest tells them. */
const behind = [start + 61 * minute, start + 62 * minute, start + 5 * hour];

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  devices = await Promise.all(
    ["one", "two", "three"].map((name) => createIngestDevice(database, acme, name)),
  );
  const field = (position: number, name: string, type = "number", unit: string | null = null) => {
    return { position, name, type, unit };
  };
  versions = await createVersions(database, acme, "pump", [
    [field(0, "a"), field(1, "b", "number", "Cel"), field(2, "on", "boolean")],
    // Another order, a field in between, and one that is gone.
    [field(0, "new"), field(1, "on", "boolean"), field(3, "a")],
  ]);
  readings = makeReadings();
  await asOwner(database, acme.tenantId, async (client) => {
    const isLate = ({ t }: StoredReading) =>
      behind.some((at) => t >= at && t < at + minute) && t % 3 === 0;
    await storeReadings(
      client,
      readings.filter((reading) => !isLate(reading)),
    );
    await rollUpAll(client);
    await storeReadings(client, readings.filter(isLate));
    await client.query(
      "INSERT INTO telemetry.rollup_due (minute) SELECT to_timestamp(t / 1000.0) FROM unnest($1::double precision[]) AS t ON CONFLICT DO NOTHING",
      [behind],
    );
  });
  fields = await withTenant({ db: database.app, tenantId: acme.tenantId }, (tx) =>
    findMetricFields(tx, { tenantId: acme.tenantId, names: metrics }),
  );
});
afterAll(() => database.drop());

/** Six hours of three devices in two versions, with gaps, equal times and clocks that are wrong. */
function makeReadings(): readonly StoredReading[] {
  const [random] = fc.sample(
    fc.noBias(
      fc.array(
        fc.record({
          device: fc.integer({ min: 0, max: 2 }),
          at: fc.integer({ min: 0, max: 6 * hour - 1 }),
          version: fc.integer({ min: 0, max: 1 }),
          cells: fc.array(fc.option(fc.integer({ min: -4_000, max: 4_000 }), { freq: 5 }), {
            minLength: 1,
            maxLength: 4,
          }),
        }),
        { minLength: 900, maxLength: 900 },
      ),
    ),
    { numRuns: 1, seed: 7 },
  );
  const near = (random ?? []).flatMap(({ device, at, version, cells }, index) => {
    const reading = {
      deviceKey: devices[device]!.deviceKey,
      t: start + at,
      schemaId: versions[version]!,
      // Quarters add up exactly, in whichever order.
      values: cells.map((cell) => (cell === null ? null : cell / 4)),
    };
    const again = { ...reading, values: reading.values.map((value) => value && value + 1) };
    return index % 20 === 0
      ? [
          { ...reading, messageKey: 2 * index },
          { ...again, messageKey: 2 * index + 1 },
        ]
      : [{ ...reading, messageKey: 2 * index }];
  });
  const far = [Date.UTC(1970, 0, 1, 0, 0, 1), Date.UTC(2099, 5, 1)].map((t, index) => ({
    deviceKey: devices[0]!.deviceKey,
    t,
    schemaId: versions[0]!,
    values: [index + 1],
    messageKey: 9_000_000 + index,
  }));
  const late = behind.flatMap((at) =>
    Array.from({ length: 9 }, (_, index) => ({
      deviceKey: devices[index % 3]!.deviceKey,
      t: at + index * 1_001,
      schemaId: versions[index % 2]!,
      values: [index, index * 2, index % 2, -index],
      messageKey: 5_000_000 + index,
    })),
  );
  return [...near, ...far, ...late];
}

type Value = { readonly t: number; readonly value: number };

/** A metric's values in whichever version each reading has. */
function valuesOf(metric: string, keys: readonly bigint[]): readonly Value[] {
  return readings.flatMap(({ deviceKey, t, schemaId, values }) => {
    const place = fields.find((field) => field.name === metric && field.schemaId === schemaId);
    const value = place === undefined ? null : values[place.position];
    return !keys.includes(deviceKey) || typeof value !== "number" ? [] : [{ t, value }];
  });
}

/** What the buckets are by definition. */
function naively(
  metric: string,
  keys: readonly bigint[],
  at: { readonly from: number; readonly to: number; readonly bucketMs: number },
): readonly Bucket[] {
  const within = valuesOf(metric, keys).filter(({ t }) => t >= at.from && t < at.to);
  const groups = Map.groupBy(within, ({ t }) => Math.floor(t / at.bucketMs) * at.bucketMs);
  return [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([t, group]) => {
      const values = group.map(({ value }) => value);
      const newest = group.toSorted((a, b) => a.t - b.t || a.value - b.value).at(-1);
      return {
        t,
        count: group.length,
        sum: values.reduce((sum, value) => sum + value, 0),
        min: Math.min(...values),
        max: Math.max(...values),
        last: newest?.value ?? null,
        lastAt: newest?.t ?? null,
      };
    });
}

describe("the answer of a level", () => {
  const widths = {
    raw: [1_000, 5 * minute],
    minute: [minute, 10 * minute],
    hour: [hour, 3 * hour],
  };
  const question = fc.record({
    level: fc.constantFrom(...telemetryLevels),
    wide: fc.boolean(),
    together: fc.boolean(),
    from: fc.integer({ min: -30, max: 330 }),
    minutes: fc.integer({ min: 1, max: 400 }),
    chosen: fc.subarray([0, 1, 2], { minLength: 1 }),
  });

  it("is what single readings give: late, twice at a time, in several versions, behind", async () => {
    await fc.assert(
      fc.asyncProperty(question, async ({ level, wide, together, from, minutes, chosen }) => {
        const bucketMs = widths[level][wide ? 1 : 0]!;
        const span = { from: start + from * minute, to: start + (from + minutes) * minute };
        const keys = chosen.map((index) => devices[index]!.deviceKey);
        const rows = await withTenant({ db: database.app, tenantId: acme.tenantId }, async (tx) => {
          const known = await readRollupsBehind(tx, widen(span, bucketMs));
          const plan = planSources({ ...span, level, bucketMs, devices: 3, behind: known });
          const lines = devicesAsLines(keys.map((key) => ({ key })));
          return readBucketedSeries(tx, {
            devices:
              together && keys.length > 1
                ? { ...lines, lines: Prisma.sql`NULL::integer[]` }
                : lines,
            places: metricPlaces(metrics, fields),
            parts: plan.parts,
            bucketMs,
            withLast: true,
          });
        });
        const whole = { ...widen(span, bucketMs), bucketMs };
        const groups = together ? [keys] : keys.map((key) => [key]);
        for (const [index, group] of groups.entries()) {
          const packed = rows.find(({ line }) => line === index + 1)?.points ?? "";
          const unpacked = unpackSeries(packed, { shape: "bucket and last", metrics: 3 });
          for (const [at, metric] of metrics.entries()) {
            expect(unpacked[at]).toEqual(naively(metric, group, whole));
          }
        }
      }),
      { numRuns: 60, seed: 11 },
    );
  });
});

describe("telemetry.query", () => {
  const ids = (chosen: readonly number[]) => {
    return { by: "devices" as const, ids: chosen.map((index) => devices[index]!.id) };
  };
  const whole = { from: new Date(start), to: new Date(start + 6 * hour) };

  it("sums up the same from every level, whatever the pixels", async () => {
    const answers = await Promise.all(
      [3, 12, 4_000].map((pixels) =>
        queryTelemetry(acme.ctx("viewer"), {
          ...whole,
          devices: ids([0]),
          metrics,
          pixels,
          statistics: true,
        }),
      ),
    );
    const naive = metrics.map((metric) =>
      statisticsOf(
        naively(metric, [devices[0]!.deviceKey], {
          from: start,
          to: start + 6 * hour,
          bucketMs: minute,
        }),
      ),
    );
    expect(answers.map(({ level }) => level)).toEqual(["hour", "minute", "raw"]);
    for (const { series, settling } of answers) {
      expect(settling).toBe(false);
      expect(series.map(({ statistics }) => statistics)).toEqual(naive);
    }
  });

  it.each(["mean", "min", "max", "sum", "count", "last"] as const)(
    "shows the %s of a bucket of all devices",
    async (aggregate) => {
      const { series, devices: told } = await queryTelemetry(acme.ctx("viewer"), {
        ...whole,
        devices: ids([0, 1, 2]),
        metrics: ["a"],
        pixels: 4,
        across: "all",
        aggregate,
      });
      const keys = devices.map(({ deviceKey }) => deviceKey);
      const naive = naively("a", keys, { from: start, to: start + 6 * hour, bucketMs: 2 * hour });
      expect(told).toEqual({ matching: 3, shown: 3 });
      expect(series).toHaveLength(1);
      expect(series[0]?.points).toEqual(
        naive.map((bucket) => [
          bucket.t,
          aggregate === "mean" ? bucket.sum / bucket.count : bucket[aggregate],
          bucket.min,
          bucket.max,
          bucket.count,
        ]),
      );
    },
  );

  it("takes a hundred years and more, with clocks in 1970 and in 2099", async () => {
    const { series, level } = await queryTelemetry(acme.ctx("viewer"), {
      devices: ids([0]),
      metrics: ["a"],
      from: new Date("1950-01-01"),
      to: new Date("2110-01-01"),
      statistics: true,
    });
    const count = valuesOf("a", [devices[0]!.deviceKey]).length;
    expect(level).toBe("hour");
    expect(series[0]?.statistics).toMatchObject({ count, last: 2, lastAt: Date.UTC(2099, 5, 1) });
  });
});
