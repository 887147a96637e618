import type { LiveTail } from "#components/charts/live-tail.ts";
import { colourOf, type Series, type SeriesPoint } from "#components/charts/series.ts";
import { nearestWithTail } from "#components/charts/tail-paths.tsx";

/** A series with its value at an instant. */
export type ValueRow = {
  readonly series: Series;
  readonly point: SeriesPoint;
  readonly colour: string;
};

/** The value of each series nearest to the instant; those in a gap are left out. */
export function rowsAt(
  series: readonly Series[],
  tail: LiveTail | undefined,
  at: number,
): readonly ValueRow[] {
  return series.flatMap((each, index) => {
    const point = nearestWithTail(each, tail, at);
    return point === null ? [] : [{ series: each, point, colour: colourOf(each, index) }];
  });
}
