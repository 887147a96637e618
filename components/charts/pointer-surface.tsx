"use client";
import { useEffect, useEffectEvent, useRef, type PointerEvent, type RefObject } from "react";
import type { Box } from "#components/charts/paths.ts";
import type { Marked } from "#components/charts/selection.tsx";

const smallestDragPixels = 8;

/** What is done over the plot. Pixels count from the drawing's left edge. */
export type Gestures = {
  readonly onMove: (pixel: number) => void;
  readonly onLeave: () => void;
  /** A range is being marked; null: no longer. */
  readonly onMark: (marked: Marked | null) => void;
  readonly onSelect: (from: number, to: number) => void;
  /** The plot is dragged by so many pixels from where the drag began. */
  readonly onPan: (pixels: number, phase: "start" | "move" | "end") => void;
  readonly onWheel: (pixel: number, turn: { readonly zoom: number; readonly pan: number }) => void;
  readonly onDoubleClick: (pixel: number) => void;
};

type Drag = { readonly kind: "mark" | "pan"; readonly from: number };

/**
 * The plot as something to point at: dragging marks a range, dragging with Shift or the middle
 * button pans, the wheel with Ctrl zooms and with Shift pans. One surface for the whole chart.
 */
export function PointerSurface(props: SurfaceProps) {
  const { area, zooms, gestures } = props;
  const surface = useRef<HTMLDivElement>(null);
  const pixelAt = (clientX: number) => {
    const box = surface.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return area.x;
    const share = Math.min(1, Math.max(0, (clientX - box.left) / box.width));
    return area.x + share * area.width;
  };
  useWheel(surface, props, pixelAt);
  const drag = useDrag(props, pixelAt);
  return (
    <div
      ref={surface}
      role="presentation"
      data-surface
      className={`absolute touch-pan-y ${zooms ? "cursor-crosshair" : ""}`}
      style={{ left: area.x, top: area.y, width: area.width, height: area.height }}
      onPointerLeave={gestures.onLeave}
      onDoubleClick={(event) => gestures.onDoubleClick(pixelAt(event.clientX))}
      {...drag}
    />
  );
}

type SurfaceProps = {
  readonly area: Box;
  readonly zooms: boolean;
  readonly gestures: Gestures;
};
type PixelAt = (clientX: number) => number;

function useWheel(
  surface: RefObject<HTMLDivElement | null>,
  { zooms, gestures }: SurfaceProps,
  pixelAt: PixelAt,
): void {
  const turn = useEffectEvent((event: WheelEvent) => {
    const isZoom = event.ctrlKey || event.metaKey;
    if (!zooms || !(isZoom || event.shiftKey)) return;
    // Not the page's own zoom or scroll.
    event.preventDefault();
    const by = event.deltaY === 0 ? event.deltaX : event.deltaY;
    gestures.onWheel(pixelAt(event.clientX), { zoom: isZoom ? by : 0, pan: isZoom ? 0 : by });
  });
  useEffect(() => {
    const element = surface.current;
    // React listens passively, and a passive listener may not hold the page still.
    const listen = (event: WheelEvent) => turn(event);
    element?.addEventListener("wheel", listen, { passive: false });
    return () => element?.removeEventListener("wheel", listen);
  }, [surface]);
}

function useDrag({ zooms, gestures }: SurfaceProps, pixelAt: PixelAt) {
  const drag = useRef<Drag | null>(null);
  function begin(event: PointerEvent<HTMLDivElement>) {
    if (!zooms || event.button > 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const from = pixelAt(event.clientX);
    drag.current = { kind: event.shiftKey || event.button === 1 ? "pan" : "mark", from };
    if (drag.current.kind === "pan") gestures.onPan(0, "start");
  }
  function move(event: PointerEvent<HTMLDivElement>) {
    const pixel = pixelAt(event.clientX);
    const now = drag.current;
    if (now?.kind === "pan") return gestures.onPan(pixel - now.from, "move");
    if (now?.kind === "mark") gestures.onMark({ from: now.from, to: pixel });
    gestures.onMove(pixel);
  }
  function end(event: PointerEvent<HTMLDivElement>) {
    const now = drag.current;
    drag.current = null;
    gestures.onMark(null);
    if (now === null) return;
    const pixel = pixelAt(event.clientX);
    if (now.kind === "pan") return gestures.onPan(pixel - now.from, "end");
    if (Math.abs(pixel - now.from) < smallestDragPixels) return;
    gestures.onSelect(Math.min(now.from, pixel), Math.max(now.from, pixel));
  }
  return {
    onPointerDown: begin,
    onPointerMove: move,
    onPointerUp: end,
    onPointerCancel: () => {
      drag.current = null;
      gestures.onMark(null);
    },
  };
}
