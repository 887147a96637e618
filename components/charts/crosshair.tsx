"use client";
import { useSyncExternalStore } from "react";
import type { CrosshairStore, Pointed } from "#components/charts/crosshair-group.tsx";
import type { LiveTail } from "#components/charts/live-tail.ts";
import type { Observed } from "#components/charts/observed.ts";
import type { Frame } from "#components/charts/paths.ts";
import { Readout } from "#components/charts/readout.tsx";
import { rowsAt } from "#components/charts/rows-at.ts";
import type { Series, TimeRange } from "#components/charts/series.ts";
import { usePlace } from "#components/charts/use-view.ts";

const nowhere = (): Pointed | null => null;

type CrosshairProps = {
  readonly store: CrosshairStore;
  /** Id of this chart: it shows the values beside the line when it is the one pointed at. */
  readonly chart: string;
  readonly series: readonly Series[];
  readonly tail: LiveTail | undefined;
  readonly frame: Frame;
  readonly shown: Observed<TimeRange>;
  readonly unit?: string;
};

/**
 * A line at the instant that is pointed at, in this chart or another of its group, with the values
 * there. It lies over the drawing as a picture of its own: nothing else moves with the pointer.
 */
export function Crosshair(props: CrosshairProps) {
  const { store } = props;
  const pointed = useSyncExternalStore(store.subscribe, store.get, nowhere);
  return pointed === null ? null : <Line {...props} pointed={pointed} />;
}

function Line({
  pointed,
  chart,
  series,
  tail,
  frame,
  shown,
  unit,
}: CrosshairProps & { readonly pointed: Pointed }) {
  const { area } = frame;
  const { place } = usePlace(shown, frame);
  const rows = rowsAt(series, tail, pointed.at);
  // With one series the line snaps to its values; with several it stays under the pointer.
  const shownAt = rows.length === 1 ? (rows[0]?.point.t ?? pointed.at) : pointed.at;
  const x = place.x(shownAt);
  if (x < area.x - 1 || x > area.x + area.width + 1) return null;
  return (
    <div data-screen-only className="pointer-events-none">
      <div
        className="absolute top-0 left-0 w-px bg-ink-3 will-change-transform"
        style={{ height: area.height, transform: `translate(${x - 0.5}px,${area.y}px)` }}
      />
      {rows.map(({ series: { id }, point, colour }) => {
        const dotX = place.x(point.t);
        if (dotX < area.x || dotX > area.x + area.width) return null;
        const dotY = place.y(point.v ?? 0);
        return (
          <span
            key={id}
            className="absolute -top-0.75 -left-0.75 size-1.5 rounded-full outline-[1.5px] outline-surface will-change-transform"
            style={{ background: colour, transform: `translate(${dotX}px,${dotY}px)` }}
          />
        );
      })}
      {pointed.by === chart && <Readout at={shownAt} {...{ series, tail, x, area, unit }} />}
    </div>
  );
}
