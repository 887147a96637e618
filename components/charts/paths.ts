import {
  pointsWithin,
  runsOf,
  type Series,
  type SeriesPoint,
  type TimeRange,
} from "#components/charts/series.ts";

/** Where an instant and a value are in the drawing. */
export type Place = { readonly x: (t: number) => number; readonly y: (v: number) => number };

/** The plot inside its axes, in pixels. */
export type Box = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** The plot, and the values over which its axis reaches. */
export type Frame = { readonly area: Box; readonly values: readonly [low: number, high: number] };

/** Places of a range of time and of values in a box. */
export function linearPlace(
  box: Box,
  range: TimeRange,
  [low, high]: readonly [number, number],
): Place {
  const perMs = box.width / Math.max(range.to - range.from, 1);
  const perUnit = box.height / (high - low === 0 ? 1 : high - low);
  const bottom = box.y + box.height;
  return {
    x: (t) => box.x + (t - range.from) * perMs,
    y: (v) => bottom - (v - low) * perUnit,
  };
}

const anyRange: TimeRange = { from: 0, to: 1 };

/** Where a value is in the plot, at whatever time; pixels from the top. */
export function placeOfValue({ area, values }: Frame, value: number): number {
  return linearPlace(area, anyRange, values).y(value);
}

const round = (value: number) => Math.round(value * 10) / 10;

/** SVG path through a run of points; `step` holds each value until the next. A point alone is a dot. */
export function linePath(run: readonly SeriesPoint[], place: Place, step: boolean): string {
  let path = "";
  for (const point of run) {
    const x = round(place.x(point.t));
    const y = round(place.y(point.v ?? 0));
    if (path === "") path = `M${x},${y}`;
    else path += step ? `H${x}V${y}` : `L${x},${y}`;
  }
  return run.length === 1 ? `${path}h0` : path;
}

/** SVG path around the min to max band of a run; empty where the points have none. */
export function bandPath(run: readonly SeriesPoint[], place: Place): string {
  let top = "";
  let bottom = "";
  let banded = 0;
  for (const { t, min, max } of run) {
    if (typeof min !== "number" || typeof max !== "number") continue;
    const x = round(place.x(t));
    top += `${banded === 0 ? "M" : "L"}${x},${round(place.y(max))}`;
    bottom = `L${x},${round(place.y(min))}${bottom}`;
    banded += 1;
  }
  return banded < 2 ? "" : `${top}${bottom}Z`;
}

/** A series as it is drawn: its line and its band. */
export type Drawing = { readonly line: string; readonly band: string };

/** Draws what of a series lies in the range. */
export function drawSeries(series: Series, range: TimeRange, place: Place): Drawing {
  let line = "";
  let band = "";
  for (const run of runsOf(pointsWithin(series.points, range), series.gapMs)) {
    line += linePath(run, place, series.step === true);
    band += bandPath(run, place);
  }
  return { line, band };
}

/** The instants within the range between which nothing was heard of a series. */
export function gapsOf(series: Series, range: TimeRange): readonly TimeRange[] {
  const runs = runsOf(pointsWithin(series.points, range), series.gapMs);
  return runs.slice(1).map((run, index) => ({
    from: runs[index]?.at(-1)?.t ?? 0,
    to: run[0]?.t ?? 0,
  }));
}
