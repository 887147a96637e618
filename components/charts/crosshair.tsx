"use client";
import { useState } from "react";
import { usePlotArea, useXAxisInverseScale, useXAxisScale, useYAxisScale } from "recharts";
import type { Box, Place } from "#components/charts/paths.ts";
import { PointerSurface } from "#components/charts/pointer-surface.tsx";
import { Readout, type ReadoutRow } from "#components/charts/readout.tsx";
import {
  nearestPoint,
  seriesColour,
  type Series,
  type TimeRange,
} from "#components/charts/series.ts";

/** A line at the pointer with the values there; dragging marks the range to zoom into. */
export function Crosshair({
  series,
  unit,
  onZoom,
}: {
  readonly series: readonly Series[];
  readonly unit?: string;
  readonly onZoom?: (range: TimeRange) => void;
}) {
  const area = usePlotArea();
  const x = useXAxisScale();
  const y = useYAxisScale();
  const inverse = useXAxisInverseScale();
  const [at, setAt] = useState<number | null>(null);
  const [isOver, setOver] = useState(false);
  const [dragFrom, setDragFrom] = useState<number | null>(null);
  if (area === undefined || x === undefined || y === undefined || inverse === undefined)
    return null;
  const place: Place = { x: (t) => x(t) ?? 0, y: (v) => y(v) ?? 0 };
  return (
    <g>
      {dragFrom !== null && at !== null && (
        <DragMark from={place.x(dragFrom)} to={place.x(at)} area={area} />
      )}
      {at !== null && (
        <Marks
          rows={rowsAt(series, at)}
          at={at}
          place={place}
          area={area}
          withReadout={isOver}
          {...(unit !== undefined && { unit })}
        />
      )}
      <PointerSurface
        area={area}
        instantAt={(pixel) => Number(inverse(pixel))}
        zooms={onZoom !== undefined}
        onMove={(instant) => {
          setOver(true);
          setAt(instant);
        }}
        onLeave={() => {
          setOver(false);
          setAt(null);
        }}
        onDrag={setDragFrom}
        onSelect={(range) => onZoom?.(range)}
      />
    </g>
  );
}

function rowsAt(series: readonly Series[], at: number): readonly ReadoutRow[] {
  return series.flatMap((each, index) => {
    const point = nearestPoint(each.points, at);
    return point === null ? [] : [{ series: each, point, colour: seriesColour(index) }];
  });
}

function DragMark({
  from,
  to,
  area,
}: {
  readonly from: number;
  readonly to: number;
  readonly area: Box;
}) {
  return (
    <rect
      x={Math.min(from, to)}
      y={area.y}
      width={Math.abs(to - from)}
      height={area.height}
      fill="var(--accent)"
      fillOpacity={0.14}
    />
  );
}

function Marks({
  rows,
  at,
  place,
  area,
  withReadout,
  unit,
}: {
  readonly rows: readonly ReadoutRow[];
  readonly at: number;
  readonly place: Place;
  readonly area: Box;
  readonly withReadout: boolean;
  readonly unit?: string;
}) {
  const shownAt = rows[0]?.point.t ?? at;
  const x = place.x(shownAt);
  if (x < area.x - 1 || x > area.x + area.width + 1) return null;
  return (
    <>
      <line x1={x} x2={x} y1={area.y} y2={area.y + area.height} stroke="var(--ink-3)" />
      {rows.map(({ series, point, colour }) => (
        <circle
          key={series.id}
          cx={place.x(point.t)}
          cy={place.y(point.v ?? 0)}
          r={3.5}
          fill={colour}
          stroke="var(--surface)"
          strokeWidth={1.5}
        />
      ))}
      {withReadout && (
        <Readout at={shownAt} rows={rows} x={x} area={area} {...(unit !== undefined && { unit })} />
      )}
    </>
  );
}
