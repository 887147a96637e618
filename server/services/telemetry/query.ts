import type { Tx } from "#server/db/client.ts";
import {
  devicesAsLines,
  findChartDevices,
  findChartGroups,
  groupsAsLines,
} from "#server/db/find-chart-devices.ts";
import { findMetricFields, type MetricField } from "#server/db/find-metric-fields.ts";
import {
  countReadings,
  readBucketedSeries,
  readRollupsBehind,
  readSingleSeries,
  type SeriesDevices,
  type SeriesRow,
} from "#server/db/read-series.ts";
import {
  chooseLevel,
  countReadingsUpTo,
  type ChosenLevel,
} from "#server/domain/telemetry-level.ts";
import {
  maxChartDevices,
  maxSeriesInAnswer,
  type NamedDevice,
  type TelemetryAnswer,
  type TelemetryQuery,
  type TelemetrySeries,
} from "#server/domain/telemetry-query.ts";
import { telemetryQuerySchema } from "#server/domain/telemetry-query-schema.ts";
import {
  planSources,
  widen,
  type SourcePlan,
  type Span,
} from "#server/domain/telemetry-sources.ts";
import type { Context } from "#server/services/context.ts";
import { defineQuery } from "#server/services/query.ts";
import { bounded } from "#server/services/telemetry/bounded.ts";
import { describeMetric, metricPlaces } from "#server/services/telemetry/metric-places.ts";
import {
  statisticsOf,
  toPoint,
  unpackSeries,
  type Packing,
} from "#server/services/telemetry/unpack-series.ts";

/** A line before its readings are known. */
type Line = {
  readonly device: NamedDevice | null;
  readonly group: string | null;
  readonly expectedContactSeconds: number;
};

type Lines = {
  readonly lines: readonly Line[];
  readonly devices: SeriesDevices;
  readonly matching: number;
  /** Devices whose readings the lines are made of. */
  readonly shown: number;
};

type At = { readonly ctx: Context; readonly tx: Tx; readonly input: TelemetryQuery };

/**
 * Numbers of many devices and metrics over a range, reduced to the pixels that show them: single
 * readings, or readings rolled up by minute or hour with their least and greatest. A field is
 * followed by its name through all schema versions; switches are 0 and 1. What nobody sent has no
 * points, and a group that is gone has no devices.
 * @throws ServiceError invalid also when the range takes longer to read than anybody waits
 */
export const queryTelemetry = defineQuery({
  name: "telemetry.query",
  can: "telemetry.view",
  input: telemetryQuerySchema,
  run: (at) => answerTelemetry(at),
});

/** {@link queryTelemetry} within a transaction that has begun. */
export async function answerTelemetry(at: At): Promise<TelemetryAnswer> {
  return bounded(at, async () => {
    const startedAt = performance.now();
    const metrics = [...new Set(at.input.metrics)];
    const found = await findLines(at, Math.floor(maxSeriesInAnswer / metrics.length));
    const fields = await findMetricFields(at.tx, { tenantId: at.ctx.tenantId, names: metrics });
    const span = { from: at.input.from.getTime(), to: at.input.to.getTime() };
    const chosen = await choose(at, { span, metrics: metrics.length, found });
    const plan = await planParts(at.tx, { span, chosen, found });
    const rows = await readRows(at, { metrics, fields, found, chosen, plan });
    return {
      from: span.from,
      to: span.to,
      ...chosen,
      series: toSeries({ ...at, metrics, fields, found, chosen }, rows),
      devices: { matching: found.matching, shown: found.shown },
      settling: plan.settling,
      tookMs: Math.round((performance.now() - startedAt) * 10) / 10,
    };
  });
}

async function findLines({ ctx, tx, input }: At, mostLines: number): Promise<Lines> {
  const limit = Math.min(maxChartDevices, mostLines);
  const at = { tenantId: ctx.tenantId, now: ctx.now(), limit };
  const by = input.across;
  if (by === "each") {
    const { matching, devices } = await findChartDevices(tx, input.devices, at);
    const lines = devices.map(({ id, deviceId, name, expectedContactSeconds }) => {
      return { device: { id, deviceId, name }, group: null, expectedContactSeconds };
    });
    return { lines, devices: devicesAsLines(devices), matching, shown: devices.length };
  }
  const { matching, groups } = await findChartGroups(tx, input.devices, { ...at, by });
  return {
    lines: groups.map(({ name, expectedContactSeconds }) => {
      return { device: null, group: by === "all" ? null : name, expectedContactSeconds };
    }),
    devices: await groupsAsLines(tx, input.devices, { ...at, by, groups }),
    matching,
    // A device with several tags is in several lines.
    shown: Math.min(
      matching,
      groups.reduce((sum, { devices }) => sum + devices, 0),
    ),
  };
}

async function choose(
  { tx, input }: At,
  of: { readonly span: Span; readonly metrics: number; readonly found: Lines },
): Promise<ChosenLevel> {
  const question = {
    rangeMs: of.span.to - of.span.from,
    pixels: input.pixels,
    devices: of.found.shown,
    metrics: of.metrics,
    lines: of.found.lines.length,
    across: input.across !== "each",
  };
  const upTo = countReadingsUpTo(question);
  const counted =
    upTo === 0
      ? undefined
      : await countReadings(tx, { ...of.span, devices: of.found.devices, most: upTo + 1 });
  return chooseLevel(question, counted);
}

async function planParts(
  tx: Tx,
  at: { readonly span: Span; readonly chosen: ChosenLevel; readonly found: Lines },
): Promise<SourcePlan> {
  const { level, bucketMs } = at.chosen;
  const behind = level === "raw" ? [] : await readRollupsBehind(tx, widen(at.span, bucketMs));
  return planSources({ ...at.span, level, bucketMs, devices: at.found.shown, behind });
}

type Reading = {
  readonly metrics: readonly string[];
  readonly fields: readonly MetricField[];
  readonly found: Lines;
  readonly chosen: ChosenLevel;
};

async function readRows(
  { tx, input }: At,
  of: Reading & { readonly plan: SourcePlan },
): Promise<readonly SeriesRow[]> {
  const { devices, lines } = of.found;
  const places = metricPlaces(of.metrics, of.fields);
  if (lines.length === 0 || places.schemas.length === 0) return [];
  if (of.chosen.bucketMs === 0) return readSingleSeries(tx, { ...of.plan, devices, places });
  const { parts } = of.plan;
  const { bucketMs } = of.chosen;
  return readBucketedSeries(tx, { devices, places, parts, bucketMs, withLast: needsLast(input) });
}

function needsLast({ aggregate, statistics }: TelemetryQuery): boolean {
  return aggregate === "last" || statistics === true;
}

function toSeries(
  of: Reading & { readonly input: TelemetryQuery },
  rows: readonly SeriesRow[],
): readonly TelemetrySeries[] {
  const { input, metrics, fields, found, chosen } = of;
  const bucketed = needsLast(input) ? "bucket and last" : "bucket";
  const packing: Packing = {
    shape: chosen.bucketMs === 0 ? "single" : bucketed,
    metrics: metrics.length,
  };
  const byLine = new Map(rows.map((row) => [row.line, row]));
  return found.lines.flatMap((line, index) => {
    const row = byLine.get(index + 1);
    const unpacked = unpackSeries(row?.points ?? "", packing);
    const gapMs = 2 * Math.max(line.expectedContactSeconds * 1_000, chosen.bucketMs);
    return metrics.map((metric, at): TelemetrySeries => {
      const buckets = unpacked[at] ?? [];
      const statistics = input.statistics === true ? statisticsOf(buckets) : undefined;
      return {
        device: line.device,
        group: line.group,
        metric,
        ...describeMetric(metric, fields, row),
        points: buckets.map((bucket) => toPoint(bucket, input.aggregate)),
        gapMs,
        ...(statistics === undefined ? {} : { statistics }),
      };
    });
  });
}
