"use client";
import { useSyncExternalStore } from "react";

/** Tailwind's widths in pixels; a class `max-md:…` acts below `md`. */
const widths = { sm: 640, md: 768, lg: 1024 } as const;

function subscribe(listener: () => void): () => void {
  window.addEventListener("resize", listener);
  return () => window.removeEventListener("resize", listener);
}

/**
 * The breakpoints the window is below of, as one text ("md lg"); "" on the server. For what CSS
 * cannot say (how many columns a cell spans); everything else uses classes.
 */
export function useBreakpointsAbove(): string {
  return useSyncExternalStore(
    subscribe,
    () =>
      Object.entries(widths)
        .filter(([, width]) => window.innerWidth < width)
        .map(([name]) => name)
        .join(" "),
    () => "",
  );
}
