"use client";
import { useRef, type PointerEvent } from "react";
import type { Box } from "#components/charts/paths.ts";
import type { TimeRange } from "#components/charts/series.ts";

const smallestDragPixels = 8;

type PointerSurfaceProps = {
  readonly area: Box;
  readonly instantAt: (pixel: number) => number;
  readonly zooms: boolean;
  readonly onMove: (instant: number) => void;
  readonly onLeave: () => void;
  /** Where a drag began; null when it is over. */
  readonly onDrag: (from: number | null) => void;
  readonly onSelect: (range: TimeRange) => void;
};

/** The plot as something to point at and to drag over. Instants are epoch milliseconds. */
export function PointerSurface({ area, instantAt, zooms, onDrag, ...props }: PointerSurfaceProps) {
  const start = useRef<number | null>(null);
  const pixelOf = (event: PointerEvent<SVGRectElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return area.x + share * area.width;
  };
  function finish(event: PointerEvent<SVGRectElement>) {
    const from = start.current;
    start.current = null;
    onDrag(null);
    if (from === null) return;
    const to = pixelOf(event);
    if (Math.abs(to - from) < smallestDragPixels) return;
    props.onSelect({
      from: Math.round(instantAt(Math.min(from, to))),
      to: Math.round(instantAt(Math.max(from, to))),
    });
  }
  return (
    <rect
      role="presentation"
      x={area.x}
      y={area.y}
      width={area.width}
      height={area.height}
      fill="transparent"
      className={zooms ? "cursor-crosshair touch-pan-y" : "touch-pan-y"}
      onPointerMove={(event) => props.onMove(instantAt(pixelOf(event)))}
      onPointerLeave={props.onLeave}
      onPointerDown={(event) => {
        if (!zooms || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = pixelOf(event);
        onDrag(instantAt(start.current));
      }}
      onPointerUp={finish}
      onPointerCancel={() => {
        start.current = null;
        onDrag(null);
      }}
    />
  );
}
