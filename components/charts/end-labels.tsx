"use client";
import { memo } from "react";
import { lineNames } from "#components/charts/line-names.ts";
import { placeOfValue, type Frame } from "#components/charts/paths.ts";
import { colourOf, maxSeries, type Series } from "#components/charts/series.ts";

const labelHeight = 15;

/** Each coloured line's name at its end, moved apart where lines end together. */
export const EndLabels = memo(function EndLabels({
  series,
  frame,
}: {
  readonly series: readonly Series[];
  readonly frame: Frame;
}) {
  const { area } = frame;
  const named = series
    .map((each, index) => ({ each, index, last: lastValue(each) }))
    .filter(({ each, index }) => each.dashed !== true && (each.colour ?? index) < maxSeries);
  const names = lineNames(named.map(({ each }) => each.label));
  const wanted = named
    .map(({ each, index, last }, place) => ({
      id: each.id,
      name: names[place],
      colour: colourOf(each, index),
      y: last === null ? area.y + area.height : placeOfValue(frame, last),
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
      {label.name}
    </text>
  ));
});

function lastValue({ points }: Series): number | null {
  return points.findLast((point) => point.v !== null)?.v ?? null;
}
