import {
  findRollupsBehind,
  readExportRollups,
  type ExportReading,
  type ExportRollup,
} from "#server/db/read-export-telemetry.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { Row } from "#server/jobs/exports/column.ts";
import {
  addReading,
  addRollup,
  bucketRow,
  numericOnly,
  rollupColumns,
  type Bucket,
} from "#server/jobs/exports/rollup-row.ts";
import type { Table } from "#server/jobs/exports/table.ts";
import {
  boundsOf,
  devicesAtOnce,
  namesOf,
  pagesOfReadings,
  readingsAtOnce,
  type TelemetryAt,
} from "#server/jobs/exports/telemetry-table.ts";
import type { Context } from "#server/services/context.ts";

const minuteUs = 60_000_000n;
const hourUs = 3_600_000_000n;
const statementMs = 60_000;
/** What is behind is not known beyond that: then everything is read from single readings. */
const mostBehind = 5_000;

type Level = "minute" | "hour";

/** A stretch of the range, on whole buckets, and where its numbers are. */
export type Stretch = {
  readonly fromUs: bigint;
  readonly untilUs: bigint;
  readonly source: "rollups" | "readings";
};

/**
 * Readings rolled up, device by device. Buckets that may lack readings which were committed already are
 * made of the readings themselves, so that the file is as right at its end as at its beginning. The
 * range is widened to whole buckets.
 */
export function rollupTable(at: TelemetryAt, level: Level): Table {
  const metrics = numericOnly(at.metrics);
  return {
    columns: rollupColumns(metrics.columns),
    devicesAtOnce,
    pages: (keys) => rollupPages({ ...at, metrics }, level, keys),
  };
}

async function* rollupPages(
  at: TelemetryAt,
  level: Level,
  keys: readonly bigint[],
): AsyncGenerator<readonly Row[], void> {
  const { ctx, metrics } = at;
  const names = await namesOf(ctx, keys);
  const stretches = await stretchesOf(at, level);
  // A device's rows stand together and ascend, whatever its stretches are read from.
  for (const key of keys) {
    const device = names.get(key);
    if (device === undefined) continue;
    for (const stretch of stretches) {
      for await (const buckets of bucketsOf(at, { level, key, stretch })) {
        yield buckets.flatMap((bucket) => {
          const row = bucketRow(bucket, { device, metrics });
          return row === undefined ? [] : [row];
        });
      }
    }
  }
}

async function stretchesOf(
  { ctx, request }: TelemetryAt,
  level: Level,
): Promise<readonly Stretch[]> {
  const { fromUs, untilUs } = boundsOf(request);
  const width = level === "hour" ? hourUs : minuteUs;
  const from = floorTo(fromUs, width);
  const until = -floorTo(-untilUs, width);
  const behind = await withTenant(ctx, (tx) =>
    findRollupsBehind(tx, { from: dateOf(from), until: dateOf(until) }),
  );
  if (behind.length >= mostBehind) return [{ fromUs: from, untilUs: until, source: "readings" }];
  return cut({ from, until }, [...new Set(behind.map((us) => floorTo(us, width)))], width);
}

/** Cuts a range at the buckets that are behind; neighbours of the same source are one. */
export function cut(
  { from, until }: { readonly from: bigint; readonly until: bigint },
  behind: readonly bigint[],
  width: bigint,
): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let at = from;
  for (const start of behind) {
    if (start > at) stretches.push({ fromUs: at, untilUs: start, source: "rollups" });
    const last = stretches.at(-1);
    if (last?.source === "readings" && last.untilUs === start) {
      stretches[stretches.length - 1] = { ...last, untilUs: start + width };
    } else {
      stretches.push({ fromUs: start, untilUs: start + width, source: "readings" });
    }
    at = start + width;
  }
  if (at < until) stretches.push({ fromUs: at, untilUs: until, source: "rollups" });
  return stretches;
}

type Part = { readonly level: Level; readonly key: bigint; readonly stretch: Stretch };

/** Whole buckets of one device, ascending. */
async function* bucketsOf(
  { ctx, metrics }: TelemetryAt,
  { level, key, stretch }: Part,
): AsyncGenerator<readonly Bucket[], void> {
  const width = level === "hour" ? hourUs : minuteUs;
  const { fromUs, untilUs } = stretch;
  let open: Bucket | undefined;
  const rows =
    stretch.source === "rollups"
      ? pagesOfRollups(ctx, { level, key, fromUs, untilUs })
      : pagesOfReadings(ctx, { keys: [key], fromUs, untilUs });
  for await (const page of rows) {
    const closed: Bucket[] = [];
    for (const row of page) {
      const startUs = floorTo("tsUs" in row ? row.tsUs : row.bucketUs, width);
      if (open?.startUs !== startUs) {
        if (open !== undefined) closed.push(open);
        open = { startUs, sums: metrics.columns.map(() => undefined) };
      }
      if (isReading(row)) addReading(open, row, metrics);
      else addRollup(open, row, metrics);
    }
    yield closed;
  }
  if (open !== undefined) yield [open];
}

const isReading = (row: ExportReading | ExportRollup): row is ExportReading => "tsUs" in row;

async function* pagesOfRollups(
  ctx: Context,
  at: {
    readonly level: Level;
    readonly key: bigint;
    readonly fromUs: bigint;
    readonly untilUs: bigint;
  },
): AsyncGenerator<readonly ExportRollup[], void> {
  const { level, key, untilUs } = at;
  let next: { readonly fromUs: bigint; readonly after: number | null } = {
    fromUs: at.fromUs,
    after: null,
  };
  for (;;) {
    const page = await withTenant(
      ctx,
      (tx) => readExportRollups(tx, { level, keys: [key], ...next, untilUs, most: readingsAtOnce }),
      { timeoutMs: statementMs },
    );
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < readingsAtOnce) return;
    next = { fromUs: last.bucketUs, after: last.schemaId };
  }
}

/** The multiple of `width` at or before. */
function floorTo(us: bigint, width: bigint): bigint {
  return us - (((us % width) + width) % width);
}

const dateOf = (us: bigint) => new Date(Number(us / 1_000n));
