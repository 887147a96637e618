"use client";
import { memo, useId, useMemo } from "react";
import { drawSeries, type Box, type Place } from "#components/charts/paths.ts";
import { colourOf, maxSeries, type Series, type TimeRange } from "#components/charts/series.ts";
import { chartText } from "#components/strings/charts.ts";

type Where = { readonly area: Box; readonly range: TimeRange; readonly place: Place };

/** Lines, bands, gaps and the labels at their ends. */
export const SeriesPaths = memo(function SeriesPaths({
  series,
  highlight = null,
  area,
  range,
  place,
}: Where & { readonly series: readonly Series[]; readonly highlight?: string | null }) {
  const clip = useId();
  const only = series.filter(({ dashed }) => dashed !== true).length === 1;
  return (
    <g>
      <clipPath id={clip}>
        <rect x={area.x} y={area.y - 2} width={area.width + 1} height={area.height + 4} />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        {/* The first series lies on top: colours before grey, the present before what was. */}
        {series.toReversed().map((each, index) => (
          <SeriesPath
            key={each.id}
            series={each}
            colour={colourOf(each, series.length - 1 - index)}
            isFaded={highlight !== null && highlight !== each.id}
            hasGaps={only}
            {...{ area, range, place }}
          />
        ))}
      </g>
      {!only && <EndLabels {...{ series, area, range, place }} />}
    </g>
  );
});

const SeriesPath = memo(function SeriesPath({
  series,
  colour,
  isFaded,
  hasGaps,
  area,
  range,
  place,
}: Where & {
  readonly series: Series;
  readonly colour: string;
  readonly isFaded: boolean;
  readonly hasGaps: boolean;
}) {
  const { line, band, gaps } = useMemo(
    () => drawSeries(series, range, place),
    [series, range, place],
  );
  return (
    <g opacity={isFaded ? 0.2 : 1}>
      {hasGaps && gaps.map((gap) => <Gap key={gap.from} gap={gap} place={place} area={area} />)}
      {band !== "" && series.dashed !== true && <path d={band} fill={colour} fillOpacity={0.18} />}
      <path
        d={line}
        fill="none"
        stroke={colour}
        strokeWidth={series.dashed === true ? 1.25 : 1.75}
        strokeOpacity={series.dashed === true ? 0.75 : 1}
        strokeLinejoin="round"
        strokeLinecap="round"
        {...(series.dashed === true && { strokeDasharray: "3 5" })}
      />
    </g>
  );
});

/** Where nothing was heard, said so; only with one series, with more it would be a thicket. */
function Gap({
  gap,
  place,
  area,
}: {
  readonly gap: TimeRange;
  readonly place: Place;
  readonly area: Box;
}) {
  const from = Math.max(area.x, place.x(gap.from));
  const to = Math.min(area.x + area.width, place.x(gap.to));
  return (
    <>
      <rect
        x={from}
        y={area.y}
        width={Math.max(0, to - from)}
        height={area.height}
        fill="var(--idle)"
        fillOpacity={0.1}
      />
      {to - from > 52 && (
        <text
          x={(from + to) / 2}
          y={area.y + 14}
          textAnchor="middle"
          fontSize={11}
          fill="var(--ink-3)"
        >
          {chartText.noData}
        </text>
      )}
    </>
  );
}

const labelHeight = 15;

/** Each coloured line's name at its end, moved apart where lines end together. */
function EndLabels({ series, place, area }: Where & { readonly series: readonly Series[] }) {
  const wanted = series
    .map((each, index) => ({ each, index, last: lastValue(each) }))
    .filter(({ each, index }) => each.dashed !== true && (each.colour ?? index) < maxSeries)
    .map(({ each, index, last }) => ({
      id: each.id,
      label: each.label,
      colour: colourOf(each, index),
      y: last === null ? area.y + area.height : place.y(last),
    }))
    .toSorted((a, b) => a.y - b.y);
  let floor = area.y;
  const set = wanted.map((label) => {
    const y = Math.max(label.y, floor);
    floor = y + labelHeight;
    return { ...label, y };
  });
  const overflow = Math.max(0, floor - labelHeight - (area.y + area.height));
  return set.map((label) => (
    <text
      key={label.id}
      x={area.x + area.width + 8}
      y={label.y - overflow + 4}
      fontSize={12}
      fontWeight={500}
      fill={label.colour}
    >
      {label.label.length > 15 ? `${label.label.slice(0, 14)}…` : label.label}
    </text>
  ));
}

function lastValue({ points }: Series): number | null {
  return points.findLast((point) => point.v !== null)?.v ?? null;
}
