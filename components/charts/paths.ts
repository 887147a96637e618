import type { SeriesPoint } from "#components/charts/series.ts";

/** Where an instant and a value are in the drawing. */
export type Place = { readonly x: (t: number) => number; readonly y: (v: number) => number };

/** The plot inside its axes, in pixels. */
export type Box = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

const round = (value: number) => Math.round(value * 10) / 10;

/** SVG path through a run of points; `step` holds each value until the next. */
export function linePath(run: readonly SeriesPoint[], place: Place, step: boolean): string {
  return run
    .map((point, index) => {
      const x = round(place.x(point.t));
      const y = round(place.y(point.v ?? 0));
      if (index === 0) return `M${x},${y}`;
      return step ? `H${x}V${y}` : `L${x},${y}`;
    })
    .join("");
}

/** SVG path around the min to max band of a run; empty where the points have none. */
export function bandPath(run: readonly SeriesPoint[], place: Place): string {
  const banded = run.filter(
    (point) => typeof point.min === "number" && typeof point.max === "number",
  );
  if (banded.length < 2) return "";
  const corner = (t: number, v: number) => `${round(place.x(t))},${round(place.y(v))}`;
  const top = banded.map((point) => corner(point.t, point.max ?? 0));
  const bottom = banded.toReversed().map((point) => corner(point.t, point.min ?? 0));
  return `M${[...top, ...bottom].join("L")}Z`;
}
