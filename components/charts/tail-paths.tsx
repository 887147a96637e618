"use client";
import { useId, useSyncExternalStore } from "react";
import type { LiveTail } from "#components/charts/live-tail.ts";
import { drawSeries, type Box, type Place } from "#components/charts/paths.ts";
import {
  colourOf,
  nearestPoint,
  type Series,
  type SeriesPoint,
  type TimeRange,
} from "#components/charts/series.ts";

/** What came since the chart was read: only this is drawn again with every value. */
export function TailPaths({
  series,
  tail,
  area,
  range,
  place,
}: {
  readonly series: readonly Series[];
  readonly tail: LiveTail;
  readonly area: Box;
  readonly range: TimeRange;
  readonly place: Place;
}) {
  const clip = useId();
  useSyncExternalStore(tail.subscribe, tail.version, tail.version);
  return (
    <g>
      <clipPath id={clip}>
        <rect x={area.x} y={area.y - 2} width={area.width + 1} height={area.height + 4} />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        {series.map((each, index) => {
          const points = tailOf(each, tail);
          if (points.length === 0) return null;
          return (
            <path
              key={each.id}
              d={drawSeries({ ...each, points }, range, place).line}
              fill="none"
              stroke={colourOf(each, index)}
              strokeWidth={1.75}
              strokeLinejoin="round"
              strokeLinecap="round"
            />
          );
        })}
      </g>
    </g>
  );
}

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
