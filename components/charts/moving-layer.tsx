"use client";
import { useLayoutEffect, useRef, type ReactNode } from "react";
import type { Observed } from "#components/charts/observed.ts";
import type { Box } from "#components/charts/paths.ts";
import type { TimeRange } from "#components/charts/series.ts";
import { movement } from "#components/charts/view.ts";

/**
 * What is drawn once and then moved with the range that is shown, inside of the plot: while it moves,
 * the browser has it as a picture of its own, and neither draws nor paints the lines again. Strokes
 * need `vector-effect: non-scaling-stroke`.
 */
export function MovingLayer({
  children,
  area,
  base,
  shown,
  isLive = false,
}: {
  readonly area: Box;
  /** The range for which the children are drawn. */
  readonly base: TimeRange;
  readonly shown: Observed<TimeRange>;
  /** Changes while it stands still, and should not have what lies below painted again. */
  readonly isLive?: boolean;
  readonly children: ReactNode;
}) {
  const layer = useRef<SVGSVGElement>(null);
  const drawn = useRef<SVGGElement>(null);
  // Without React: a frame of a drag is one transform.
  useLayoutEffect(() => {
    function move() {
      if (layer.current === null || drawn.current === null) return;
      const { scale, shift } = movement(base, shown.get(), area);
      const isMoved = scale !== 1 || shift !== 0;
      layer.current.style.willChange = isMoved || isLive ? "transform" : "";
      layer.current.style.transform = scale === 1 && isMoved ? `translateX(${shift}px)` : "";
      if (scale === 1) drawn.current.removeAttribute("transform");
      else drawn.current.setAttribute("transform", `matrix(${scale} 0 0 1 ${shift} 0)`);
    }
    move();
    return shown.subscribe(move);
  }, [area, base, shown, isLive]);
  return (
    <div
      data-clip
      className="pointer-events-none absolute overflow-hidden"
      style={{ left: area.x, top: area.y - 2, width: area.width + 1, height: area.height + 4 }}
    >
      <svg
        ref={layer}
        aria-hidden
        className="absolute overflow-visible"
        style={{ left: -area.x, top: 2 - area.y }}
        width={area.x + area.width}
        height={area.y + area.height}
      >
        <g ref={drawn}>{children}</g>
      </svg>
    </div>
  );
}
