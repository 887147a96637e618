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
  /** Its values are 0 and 1, and are called off and on. */
  readonly isSwitch?: boolean;
  /** Its band is the area down to zero: no spread of values. */
  readonly filled?: boolean;
  /** Where two points lie further apart than this, the line is broken; milliseconds. */
  readonly gapMs?: number;
  /** An earlier period beside the present one. */
  readonly dashed?: boolean;
  /** Its place among the colours; absent: its place in the list. */
  readonly colour?: number;
};

/** Epoch milliseconds. */
export type TimeRange = { readonly from: number; readonly to: number };

/** A line at a limit, with its word. */
export type Threshold = {
  readonly value: number;
  readonly label: string;
  readonly tone?: "warn" | "bad";
};

/** Something that happened, at an instant or over a span (epoch milliseconds; null: it goes on). */
export type Annotation = {
  readonly id: string;
  readonly kind: "note" | "connected" | "disconnected" | "alert" | "rotation";
  readonly from: number;
  readonly to?: number | null;
  /** The whole of what there is to say, without the time. */
  readonly text: string;
  readonly tone: "accent" | "ok" | "warn" | "bad" | "idle";
};

/** More than seven colours cannot be told apart; further lines are grey. */
export const maxSeries = 7;
/** More lines than this are a carpet: the rest is not drawn. */
export const maxLines = 50;

const seriesColours = [
  "var(--series-1)",
  "var(--series-2)",
  "var(--series-3)",
  "var(--series-4)",
  "var(--series-5)",
  "var(--series-6)",
  "var(--series-7)",
] as const;

/** Colour of the series at this place; grey for those that no colour is left for. */
export function seriesColour(index: number): string {
  return seriesColours[index] ?? "var(--idle)";
}

/** Colour of a series: its own place, or the one in the list. */
export function colourOf(series: Pick<Series, "colour">, index: number): string {
  return seriesColour(series.colour ?? index);
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

/**
 * The point nearest to the instant, or null when the nearest is a gap or there is none. `gapMs`: a
 * point further away than this is on the other side of a gap.
 */
export function nearestPoint(
  points: readonly SeriesPoint[],
  t: number,
  gapMs = Number.POSITIVE_INFINITY,
): SeriesPoint | null {
  const before = points[firstAfter(points, t) - 1];
  const after = points[firstAfter(points, t)];
  const nearest =
    before !== undefined && (after === undefined || t - before.t < after.t - t) ? before : after;
  if (nearest === undefined || nearest.v === null || Math.abs(nearest.t - t) > gapMs) return null;
  return nearest;
}

/** Place of the first point at or after the instant; the number of points when there is none. */
function firstAfter(points: readonly SeriesPoint[], t: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.t ?? 0) < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The points of a range, and one more on each side so that lines go on to the edge. */
export function pointsWithin(
  points: readonly SeriesPoint[],
  { from, to }: TimeRange,
): readonly SeriesPoint[] {
  const first = Math.max(0, firstAfter(points, from) - 1);
  const end = Math.min(points.length, firstAfter(points, to) + 1);
  return first === 0 && end === points.length ? points : points.slice(first, end);
}

/** Runs of points without a gap: a null, or nothing for longer than `gapMs`. */
export function runsOf(
  points: readonly SeriesPoint[],
  gapMs = Number.POSITIVE_INFINITY,
): readonly (readonly SeriesPoint[])[] {
  const runs: SeriesPoint[][] = [];
  let run: SeriesPoint[] = [];
  for (const point of points) {
    const last = run.at(-1);
    if (last !== undefined && (point.v === null || point.t - last.t > gapMs)) {
      runs.push(run);
      run = [];
    }
    if (point.v !== null) run.push(point);
  }
  if (run.length > 0) runs.push(run);
  return runs;
}
