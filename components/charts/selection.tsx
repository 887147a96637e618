"use client";
import { useSyncExternalStore } from "react";
import type { Observed } from "#components/charts/observed.ts";
import type { Box } from "#components/charts/paths.ts";

/** A part of the plot that is being marked; pixels from the drawing's left edge. */
export type Marked = { readonly from: number; readonly to: number };

/** The part of the plot that is being marked to zoom to it. */
export function Selection({
  marked,
  area,
}: {
  readonly marked: Observed<Marked | null>;
  readonly area: Box;
}) {
  const now = useSyncExternalStore(marked.subscribe, marked.get, () => null);
  if (now === null) return null;
  const left = Math.min(now.from, now.to);
  return (
    <div
      data-screen-only
      className="pointer-events-none absolute left-0 w-px origin-top-left bg-accent/14 will-change-transform"
      style={{
        top: area.y,
        height: area.height,
        transform: `translateX(${left}px) scaleX(${Math.abs(now.to - now.from)})`,
      }}
    />
  );
}
