"use client";
import { useSyncExternalStore } from "react";
import type { CrosshairStore, Pointed } from "#components/charts/crosshair-group.tsx";
import type { LiveTail } from "#components/charts/live-tail.ts";
import type { Box, Place } from "#components/charts/paths.ts";
import { Readout, type ReadoutRow } from "#components/charts/readout.tsx";
import { colourOf, type Series } from "#components/charts/series.ts";
import { nearestWithTail } from "#components/charts/tail-paths.tsx";

const nowhere = (): Pointed | null => null;

/** A line at the instant that is pointed at, in this chart or another of its group, with the values there. */
export function Crosshair({
  store,
  chart,
  series,
  tail,
  place,
  area,
  unit,
}: {
  readonly store: CrosshairStore;
  /** Id of this chart: it shows the values beside the line when it is the one pointed at. */
  readonly chart: string;
  readonly series: readonly Series[];
  readonly tail: LiveTail | undefined;
  readonly place: Place;
  readonly area: Box;
  readonly unit?: string;
}) {
  const pointed = useSyncExternalStore(store.subscribe, store.get, nowhere);
  if (pointed === null) return null;
  const rows = rowsAt(series, tail, pointed.at);
  // With one series the line snaps to its values; with several it stays under the pointer.
  const shownAt = rows.length === 1 ? (rows[0]?.point.t ?? pointed.at) : pointed.at;
  const x = place.x(shownAt);
  if (x < area.x - 1 || x > area.x + area.width + 1) return null;
  return (
    <g pointerEvents="none">
      <line x1={x} x2={x} y1={area.y} y2={area.y + area.height} stroke="var(--ink-3)" />
      {rows.map(({ series: { id }, point, colour }) => {
        const cx = place.x(point.t);
        if (cx < area.x || cx > area.x + area.width) return null;
        return (
          <circle
            key={id}
            cx={cx}
            cy={place.y(point.v ?? 0)}
            r={3.5}
            fill={colour}
            stroke="var(--surface)"
            strokeWidth={1.5}
          />
        );
      })}
      {pointed.by === chart && (
        <Readout at={shownAt} rows={rows} x={x} area={area} {...(unit !== undefined && { unit })} />
      )}
    </g>
  );
}

/** The value of each series nearest to the instant; those in a gap are left out. */
export function rowsAt(
  series: readonly Series[],
  tail: LiveTail | undefined,
  at: number,
): readonly ReadoutRow[] {
  return series.flatMap((each, index) => {
    const point = nearestWithTail(each, tail, at);
    return point === null ? [] : [{ series: each, point, colour: colourOf(each, index) }];
  });
}
