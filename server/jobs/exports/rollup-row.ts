import type { ExportDevice } from "#server/db/read-export-devices.ts";
import type { ExportReading, ExportRollup } from "#server/db/read-export-telemetry.ts";
import type { Cell, Column, Row } from "#server/jobs/exports/column.ts";
import type { MetricColumn, MetricColumns } from "#server/jobs/exports/metric-columns.ts";

const lead: readonly Column[] = [
  { name: "device_id", unit: null, kind: "text" },
  { name: "device_name", unit: null, kind: "text" },
  { name: "time", unit: null, kind: "instant" },
];

export const reservedOfRollups = lead.map(({ name }) => name);

/** The table of readings by minute or hour: six columns for each metric. Text has no numbers. */
export function rollupColumns(metrics: readonly MetricColumn[]): readonly Column[] {
  const own = metrics.flatMap(({ name, unit }) => [
    { name: `${name}.count`, unit: null, kind: "integer" as const },
    ...(["min", "max", "mean", "sum", "last"] as const).map((part) => ({
      name: `${name}.${part}`,
      unit,
      kind: "number" as const,
    })),
  ]);
  return [...lead, ...own];
}

/** Columns of numbers and booleans, with their places; what a rollup has. */
export function numericOnly({ columns, places }: MetricColumns): MetricColumns {
  const kept = columns.flatMap((column, index) =>
    column.kind === "number" || column.kind === "boolean" ? [index] : [],
  );
  return {
    columns: columns.filter((_, index) => kept.includes(index)),
    places: new Map(
      [...places].map(([schemaId, list]) => [
        schemaId,
        list.flatMap(({ column, position }) =>
          kept.includes(column) ? [{ column: kept.indexOf(column), position }] : [],
        ),
      ]),
    ),
  };
}

type Sums = {
  count: number;
  sum: number;
  min: number;
  max: number;
  last: number;
  /** Milliseconds since 1970. */
  lastAt: number;
};

/** The readings of one device and bucket, brought together over schema versions. */
export type Bucket = { readonly startUs: bigint; readonly sums: (Sums | undefined)[] };

/** A value beyond it enters a sum as that, as it does where rollups are written. */
const mostInSum = 1e290;
const bounded = (value: number) => Math.max(-mostInSum, Math.min(mostInSum, value));

/** Adds a stored rollup to its bucket. */
export function addRollup(bucket: Bucket, row: ExportRollup, { places }: MetricColumns): void {
  for (const { column, position } of places.get(row.schemaId) ?? []) {
    const count = row.counts[position] ?? 0;
    if (count === 0) continue;
    addSums(bucket, column, {
      count,
      sum: row.sums[position] ?? 0,
      min: row.mins[position] ?? 0,
      max: row.maxs[position] ?? 0,
      last: row.lasts[position] ?? 0,
      lastAt: Number(row.bucketUs / 1_000n) + (row.lastMs[position] ?? 0),
    });
  }
}

/** Adds a reading that is not rolled up yet. */
export function addReading(bucket: Bucket, row: ExportReading, { places }: MetricColumns): void {
  for (const { column, position } of places.get(row.schemaId) ?? []) {
    const value = row.values[position] ?? null;
    if (value === null) continue;
    const lastAt = Number(row.tsUs / 1_000n);
    addSums(bucket, column, {
      count: 1,
      sum: bounded(value),
      min: value,
      max: value,
      last: value,
      lastAt,
    });
  }
}

function addSums({ sums }: Bucket, column: number, more: Sums): void {
  const before = sums[column];
  if (before === undefined) {
    sums[column] = more;
    return;
  }
  const isNewer =
    more.lastAt > before.lastAt || (more.lastAt === before.lastAt && more.last > before.last);
  sums[column] = {
    count: before.count + more.count,
    sum: before.sum + more.sum,
    min: Math.min(before.min, more.min),
    max: Math.max(before.max, more.max),
    last: isNewer ? more.last : before.last,
    lastAt: Math.max(before.lastAt, more.lastAt),
  };
}

/** A bucket as a row; undefined when it has none of the metrics. */
export function bucketRow(
  bucket: Bucket,
  at: { readonly device: ExportDevice; readonly metrics: MetricColumns },
): Row | undefined {
  if (bucket.sums.every((sums) => sums === undefined)) return undefined;
  const cells: Cell[] = at.metrics.columns.flatMap((_, index): readonly Cell[] => {
    const sums = bucket.sums[index];
    if (sums === undefined) return [0, null, null, null, null, null];
    const { count, min, max, sum, last } = sums;
    return [count, min, max, sum / count, sum, last];
  });
  return [at.device.deviceId, at.device.name, bucket.startUs, ...cells];
}
