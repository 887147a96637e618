"use client";
import { useId } from "react";
import { usePlotArea, useXAxisScale, useYAxisScale } from "recharts";
import { bandPath, linePath, type Box, type Place } from "#components/charts/paths.ts";
import { runsOf, seriesColour, type Series, type SeriesPoint } from "#components/charts/series.ts";
import { chartText } from "#components/strings/charts.ts";

/** Lines, bands, gaps and the labels at their ends, on the scales of the surrounding chart. */
export function SeriesPaths({ series }: { readonly series: readonly Series[] }) {
  const clip = useId();
  const area = usePlotArea();
  const x = useXAxisScale();
  const y = useYAxisScale();
  if (area === undefined || x === undefined || y === undefined) return null;
  const place: Place = { x: (t) => x(t) ?? 0, y: (v) => y(v) ?? 0 };
  const only = series.length === 1 ? series[0] : undefined;
  return (
    <g>
      <clipPath id={clip}>
        <rect x={area.x} y={area.y - 2} width={area.width + 1} height={area.height + 4} />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        {only !== undefined && <Gaps points={only.points} place={place} area={area} />}
        {series.map((each, index) => (
          <SeriesPath key={each.id} series={each} colour={seriesColour(index)} place={place} />
        ))}
      </g>
      {series.length > 1 && <EndLabels series={series} place={place} area={area} />}
    </g>
  );
}

function SeriesPath({
  series,
  colour,
  place,
}: {
  readonly series: Series;
  readonly colour: string;
  readonly place: Place;
}) {
  return runsOf(series.points).map((run) => {
    const first = run[0];
    if (first === undefined) return null;
    const alone = run.length === 1 && first.v !== null;
    return (
      <g key={first.t}>
        <path d={bandPath(run, place)} fill={colour} fillOpacity={0.18} />
        <path
          d={linePath(run, place, series.step === true)}
          fill="none"
          stroke={colour}
          strokeWidth={1.75}
          strokeLinejoin="round"
          strokeLinecap="round"
        />
        {alone && (
          <circle cx={place.x(first.t)} cy={place.y(first.v ?? 0)} r={2.25} fill={colour} />
        )}
      </g>
    );
  });
}

/** Where nothing was heard, said so; only with one series, with more it would be a thicket. */
function Gaps({
  points,
  place,
  area,
}: {
  readonly points: readonly SeriesPoint[];
  readonly place: Place;
  readonly area: Box;
}) {
  const runs = runsOf(points);
  return runs.slice(1).map((run, index) => {
    const from = place.x(runs[index]?.at(-1)?.t ?? 0);
    const to = place.x(run[0]?.t ?? 0);
    return (
      <g key={from}>
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
      </g>
    );
  });
}

const labelHeight = 15;

/** Each line's name at its end, moved apart where lines end together. */
function EndLabels({
  series,
  place,
  area,
}: {
  readonly series: readonly Series[];
  readonly place: Place;
  readonly area: Box;
}) {
  const wanted = series
    .map((each, index) => {
      const last = each.points.findLast((point) => point.v !== null);
      return {
        id: each.id,
        label: each.label,
        index,
        y: last === undefined ? area.y + area.height : place.y(last.v ?? 0),
      };
    })
    .toSorted((a, b) => a.y - b.y);
  let floor = Number.NEGATIVE_INFINITY;
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
      fill={seriesColour(label.index)}
    >
      {label.label.length > 15 ? `${label.label.slice(0, 14)}…` : label.label}
    </text>
  ));
}
