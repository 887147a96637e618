"use client";
import { memo, useMemo } from "react";
import { MovingLayer } from "#components/charts/moving-layer.tsx";
import type { Observed } from "#components/charts/observed.ts";
import { drawSeries, linearPlace, type Frame, type Place } from "#components/charts/paths.ts";
import { colourOf, type Series, type TimeRange } from "#components/charts/series.ts";
import { drawnRange } from "#components/charts/view.ts";

/** Lines and bands, drawn for a range and moved to the one that is shown. */
export const SeriesPaths = memo(function SeriesPaths({
  series,
  highlight = null,
  frame,
  base,
  shown,
}: {
  readonly series: readonly Series[];
  readonly highlight?: string | null;
  readonly frame: Frame;
  readonly base: TimeRange;
  readonly shown: Observed<TimeRange>;
}) {
  const { area, values } = frame;
  const place = useMemo(() => linearPlace(area, base, values), [area, base, values]);
  const range = useMemo(() => drawnRange(base), [base]);
  return (
    <MovingLayer {...{ area, base, shown }}>
      {/* The first series lies on top: colours before grey, the present before what was. */}
      {series.toReversed().map((each, index) => (
        <SeriesPath
          key={each.id}
          series={each}
          colour={colourOf(each, series.length - 1 - index)}
          isFaded={highlight !== null && highlight !== each.id}
          {...{ range, place }}
        />
      ))}
    </MovingLayer>
  );
});

const SeriesPath = memo(function SeriesPath({
  series,
  colour,
  isFaded,
  range,
  place,
}: {
  readonly series: Series;
  readonly colour: string;
  readonly isFaded: boolean;
  readonly range: TimeRange;
  readonly place: Place;
}) {
  const { line, band } = useMemo(() => drawSeries(series, range, place), [series, range, place]);
  return (
    <g opacity={isFaded ? 0.2 : 1}>
      {band !== "" && series.dashed !== true && <path d={band} fill={colour} fillOpacity={0.18} />}
      <path
        d={line}
        fill="none"
        stroke={colour}
        vectorEffect="non-scaling-stroke"
        strokeWidth={series.dashed === true ? 1.25 : 1.75}
        strokeOpacity={series.dashed === true ? 0.75 : 1}
        strokeLinejoin="round"
        strokeLinecap="round"
        {...(series.dashed === true && { strokeDasharray: "3 5" })}
      />
    </g>
  );
});
