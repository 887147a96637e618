"use client";
import { memo, useMemo, useSyncExternalStore } from "react";
import type { LiveTail } from "#components/charts/live-tail.ts";
import { MovingLayer } from "#components/charts/moving-layer.tsx";
import type { Observed } from "#components/charts/observed.ts";
import { drawSeries, linearPlace, type Frame } from "#components/charts/paths.ts";
import {
  colourOf,
  nearestPoint,
  type Series,
  type SeriesPoint,
  type TimeRange,
} from "#components/charts/series.ts";
import { drawnRange } from "#components/charts/view.ts";

/** What came since the chart was read: only this is drawn again with every value. */
export const TailPaths = memo(function TailPaths({
  series,
  tail,
  frame,
  base,
  shown,
}: {
  readonly series: readonly Series[];
  readonly tail: LiveTail;
  readonly frame: Frame;
  readonly base: TimeRange;
  readonly shown: Observed<TimeRange>;
}) {
  // Charts share a tail: what another one's devices say is nothing to draw here.
  const ids = useMemo(() => series.map(({ id }) => id), [series]);
  const version = () => tail.version(ids);
  useSyncExternalStore(tail.subscribe, version, version);
  const { area, values } = frame;
  const place = useMemo(() => linearPlace(area, base, values), [area, base, values]);
  const range = useMemo(() => drawnRange(base), [base]);
  return (
    <MovingLayer isLive {...{ area, base, shown }}>
      {series.map((each, index) => {
        const points = tailOf(each, tail);
        if (points.length === 0) return null;
        return (
          <path
            key={each.id}
            d={drawSeries({ ...each, points }, range, place).line}
            fill="none"
            stroke={colourOf(each, index)}
            vectorEffect="non-scaling-stroke"
            strokeWidth={1.75}
            strokeLinejoin="round"
            strokeLinecap="round"
          />
        );
      })}
    </MovingLayer>
  );
});

/** The newer points of a series, led by the last one of its history so that the line goes on. */
function tailOf(series: Series, tail: LiveTail): readonly SeriesPoint[] {
  const last = series.points.at(-1);
  const live = tail.points(series.id);
  if (last === undefined) return live;
  const newer = live.filter(({ t }) => t > last.t);
  return newer.length === 0 || last.v === null ? newer : [last, ...newer];
}

/** A series' value nearest to an instant, live ones included; null in a gap. */
export function nearestWithTail(
  series: Series,
  tail: LiveTail | undefined,
  at: number,
): SeriesPoint | null {
  const stored = nearestPoint(series.points, at, series.gapMs);
  if (tail === undefined || series.dashed === true) return stored;
  const live = nearestPoint(tail.points(series.id), at, series.gapMs);
  if (stored === null || live === null) return stored ?? live;
  return Math.abs(live.t - at) < Math.abs(stored.t - at) ? live : stored;
}
