"use client";
import { useEffect, useRef, useState } from "react";
import type { TimeRange } from "#components/charts/series.ts";

/** After the last turn of the wheel or press of a key, the range is asked for. */
const settleMs = 250;

type Moved = {
  readonly view: TimeRange;
  /** Set when the range was asked for: the next range that comes takes the view's place. */
  readonly asked: boolean;
  readonly seen: TimeRange;
};

/** What the chart shows while a gesture goes on, before the page knows of it. */
export type View = {
  readonly range: TimeRange;
  /** Shows a range at once; it is asked for when the hand rests, or by `ask`. */
  readonly show: (range: TimeRange, when: "later" | "held") => void;
  readonly ask: (range: TimeRange) => void;
};

/** The range that is drawn: the page's, or the one that is being dragged to. */
export function useView(range: TimeRange, onZoom: ((range: TimeRange) => void) | undefined): View {
  const [moved, setMoved] = useState<Moved | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (moved?.asked === true && (moved.seen.from !== range.from || moved.seen.to !== range.to)) {
    setMoved(null);
  }
  function ask(wanted: TimeRange) {
    clearTimeout(timer.current);
    setMoved({ view: wanted, asked: true, seen: range });
    onZoom?.(wanted);
  }
  return {
    range: moved === null ? range : moved.view,
    ask,
    show: (wanted, when) => {
      clearTimeout(timer.current);
      setMoved({ view: wanted, asked: false, seen: range });
      if (when === "later") timer.current = setTimeout(() => ask(wanted), settleMs);
    },
  };
}
