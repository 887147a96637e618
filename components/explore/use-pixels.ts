"use client";
import { useEffect, useState, type RefObject } from "react";
import { maxPixels } from "#server/domain/telemetry-query.ts";

/** A window that is dragged wider must not ask the store at every step. */
const step = 200;

/** How many points wide a chart in the element can be: its width, in steps. */
export function usePixels(element: RefObject<HTMLElement | null>): number {
  const [pixels, setPixels] = useState(1_000);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(() => {
      const width = Math.ceil(current.clientWidth / step) * step;
      setPixels(Math.min(Math.max(width, step), maxPixels));
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return pixels;
}
