import type {
  Aggregate,
  SeriesStatistics,
  TelemetryPoint,
} from "#server/domain/telemetry-query.ts";

/** A bucket of one metric, or a single reading. Instants are epoch milliseconds. */
export type Bucket = {
  readonly t: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Null where nobody asked for it. */
  readonly last: number | null;
  readonly lastAt: number | null;
};

/** How `points` of the database is packed. */
export type Packing = {
  readonly shape: "single" | "bucket" | "bucket and last";
  /** How many metrics there are. */
  readonly metrics: number;
};

const columnsOf = { single: 1, bucket: 4, "bucket and last": 6 } as const;

/** What the database packed into a text, for each metric; metrics without readings are empty. */
export function unpackSeries(
  points: string,
  { shape, metrics }: Packing,
): readonly (readonly Bucket[])[] {
  const unpacked: Bucket[][] = Array.from({ length: metrics }, () => []);
  if (points === "") return unpacked;
  const width = columnsOf[shape];
  for (const row of points.split(";")) {
    const cells = row.split(",");
    const t = Number(cells[0]);
    for (const [metric, buckets] of unpacked.entries()) {
      const first = 1 + metric * width;
      if ((cells[first] ?? "") === "" || (shape !== "single" && cells[first] === "0")) continue;
      buckets.push(
        shape === "single" ? single(t, Number(cells[first])) : bucket(t, cells, first, shape),
      );
    }
  }
  return unpacked;
}

function single(t: number, value: number): Bucket {
  return { t, count: 1, sum: value, min: value, max: value, last: value, lastAt: t };
}

function bucket(
  t: number,
  cells: readonly string[],
  first: number,
  shape: "bucket" | "bucket and last",
): Bucket {
  const hasLast = shape === "bucket and last";
  return {
    t,
    count: Number(cells[first]),
    sum: Number(cells[first + 1]),
    min: Number(cells[first + 2]),
    max: Number(cells[first + 3]),
    lastAt: hasLast ? Number(cells[first + 4]) : null,
    last: hasLast ? Number(cells[first + 5]) : null,
  };
}

/** The mean lies between the least and the greatest, whatever rounding says. */
function meanOf({ sum, count, min, max }: Bucket): number {
  return Math.min(max, Math.max(min, sum / count));
}

/** A bucket as a point of a chart. */
export function toPoint(bucket: Bucket, aggregate: Aggregate): TelemetryPoint {
  const value = {
    mean: meanOf(bucket),
    min: bucket.min,
    max: bucket.max,
    sum: bucket.sum,
    count: bucket.count,
    last: bucket.last ?? meanOf(bucket),
  }[aggregate];
  return [bucket.t, value, bucket.min, bucket.max, bucket.count];
}

/** A line summed up; undefined without readings. */
export function statisticsOf(buckets: readonly Bucket[]): SeriesStatistics | undefined {
  const newest = buckets.at(-1);
  if (newest === undefined) return undefined;
  let [count, sum, min, max] = [0, 0, newest.min, newest.max];
  for (const bucket of buckets) {
    count += bucket.count;
    sum += bucket.sum;
    min = Math.min(min, bucket.min);
    max = Math.max(max, bucket.max);
  }
  const mean = meanOf({ ...newest, count, sum, min, max });
  return {
    count,
    min,
    max,
    mean,
    sum,
    last: newest.last ?? mean,
    lastAt: newest.lastAt ?? newest.t,
  };
}
