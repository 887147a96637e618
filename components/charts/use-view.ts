"use client";
import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { createObserved, type Observed } from "#components/charts/observed.ts";
import { linearPlace, type Frame, type Place } from "#components/charts/paths.ts";
import type { TimeRange } from "#components/charts/series.ts";
import { canShow, isSameLength } from "#components/charts/view.ts";

/** After the last turn of the wheel or press of a key, the range is asked for. */
const settleMs = 250;

/** What a gesture has moved to. */
type Moved = {
  /** Whether the range was asked for: the next range that comes takes its place. */
  readonly asked: boolean;
  /** The page's range at that time. */
  readonly seen: TimeRange;
};

/** What the chart shows while a gesture goes on, before the page knows of it. */
export type View = {
  /** The range that is shown at this moment. */
  readonly shown: Observed<TimeRange>;
  /** The range for which the lines are drawn: they are moved from there to what is shown. */
  readonly base: TimeRange;
  /** Shows a range at once; it is asked for when the hand rests, or by `ask`. */
  readonly show: (range: TimeRange, when: "later" | "held") => void;
  readonly ask: (range: TimeRange) => void;
};

const isSame = (one: TimeRange, other: TimeRange) => one.from === other.from && one.to === other.to;

/**
 * The range that is shown: the page's, or the one that is being dragged to. A gesture changes no
 * state of React as long as what is drawn can be moved.
 */
export function useView(
  { from, to }: TimeRange,
  onZoom: ((range: TimeRange) => void) | undefined,
): View {
  const range = useMemo(() => ({ from, to }), [from, to]);
  const [shown] = useState(() => createObserved(range, isSame));
  const [base, setBase] = useState(range);
  const moved = useRef<Moved | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useLayoutEffect(() => {
    const now = moved.current;
    if (now !== null && (!now.asked || isSame(now.seen, range))) return;
    moved.current = null;
    shown.set(range);
    // A range that ends now moves on all the time, and is not drawn anew for that.
    setBase((before) => (isSameLength(before, range) && canShow(before, range) ? before : range));
  }, [shown, range]);
  function ask(wanted: TimeRange) {
    clearTimeout(timer.current);
    moved.current = { asked: true, seen: range };
    shown.set(wanted);
    setBase(wanted);
    onZoom?.(wanted);
  }
  return {
    shown,
    base,
    ask,
    show: (wanted, when) => {
      clearTimeout(timer.current);
      moved.current = { asked: false, seen: range };
      shown.set(wanted);
      // What is dragged is drawn in its own scale once, and then moved as a picture.
      const isMovable = when === "later" || isSameLength(base, wanted);
      if (!isMovable || !canShow(base, wanted)) setBase(wanted);
      if (when === "later") timer.current = setTimeout(() => ask(wanted), settleMs);
    },
  };
}

/** The range that is shown, and the places in it. Draws its component anew with every move. */
export function usePlace(
  shown: Observed<TimeRange>,
  { area, values }: Frame,
): { readonly range: TimeRange; readonly place: Place } {
  const range = useSyncExternalStore(shown.subscribe, shown.get, shown.get);
  const place = useMemo(() => linearPlace(area, range, values), [area, range, values]);
  return { range, place };
}
