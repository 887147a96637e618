/** A value at an instant (epoch milliseconds); `v: null` is a gap. min and max make the band. */
export type SeriesPoint = {
  readonly t: number;
  readonly v: number | null;
  readonly min?: number | null;
  readonly max?: number | null;
};

export type Series = {
  readonly id: string;
  readonly label: string;
  readonly unit?: string;
  readonly points: readonly SeriesPoint[];
  /** For states that hold until they change: on, off. */
  readonly step?: boolean;
};

/** Epoch milliseconds. */
export type TimeRange = { readonly from: number; readonly to: number };

/** A line at a limit, with its word. */
export type Threshold = { readonly value: number; readonly label: string };

/** More than seven cannot be told apart; the rest is not drawn. */
export const maxSeries = 7;

const seriesColours = [
  "var(--series-1)",
  "var(--series-2)",
  "var(--series-3)",
  "var(--series-4)",
  "var(--series-5)",
  "var(--series-6)",
  "var(--series-7)",
] as const;

/** Colour of the series at this place. */
export function seriesColour(index: number): string {
  return seriesColours[index % seriesColours.length] ?? "var(--series-1)";
}

/** Lowest and highest value drawn, thresholds included; null when there is nothing. */
export function extentOf(
  series: readonly Series[],
  thresholds: readonly Threshold[] = [],
): readonly [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const each of series) {
    for (const point of each.points) {
      if (point.v === null) continue;
      low = Math.min(low, point.min ?? point.v);
      high = Math.max(high, point.max ?? point.v);
    }
  }
  if (low > high) return null;
  for (const { value } of thresholds) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** The point nearest to the instant, or null when the nearest is a gap or there is none. */
export function nearestPoint(points: readonly SeriesPoint[], t: number): SeriesPoint | null {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.t ?? 0) < t) low = middle + 1;
    else high = middle;
  }
  const after = points[low];
  const before = points[low - 1];
  const nearest =
    before !== undefined && after !== undefined && t - before.t < after.t - t ? before : after;
  return nearest === undefined || nearest.v === null ? null : nearest;
}

/** Runs of points without a gap. */
export function runsOf(points: readonly SeriesPoint[]): readonly (readonly SeriesPoint[])[] {
  const runs: SeriesPoint[][] = [];
  let run: SeriesPoint[] = [];
  for (const point of points) {
    if (point.v !== null) {
      run.push(point);
      continue;
    }
    if (run.length > 0) runs.push(run);
    run = [];
  }
  if (run.length > 0) runs.push(run);
  return runs;
}
