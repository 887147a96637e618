"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useState } from "react";
import type { TimeRange } from "#components/charts/series.ts";
import {
  stateFromParams,
  stateToParams,
  type ExploreState,
  type RangeChoice,
} from "#components/explore/explore-state.ts";

type Part = Partial<ExploreState>;

export type Explore = {
  readonly state: ExploreState;
  /** Changes a part of what the address says by then; the browser's history keeps its length. */
  readonly change: (part: Part | ((now: ExploreState) => Part)) => void;
  /** Goes into a range; `back` and the browser's own button return. */
  readonly zoom: (range: TimeRange) => void;
  /** Absent when there is nothing to return to. */
  readonly back: (() => void) | undefined;
};

/** What Explore shows, held by the address so that a link or a reload brings it back. */
export function useExplore(): Explore {
  const path = usePathname();
  const params = useSearchParams();
  const state = stateFromParams(params);
  const [ranges, setRanges] = useState<readonly RangeChoice[]>([]);
  function href(next: ExploreState): string {
    const query = stateToParams(next).toString();
    return query === "" ? path : `${path}?${query}`;
  }
  return {
    state,
    change: (wanted) => {
      // Not what was rendered last: of two quick changes the second must not undo the first.
      const now = stateFromParams(new URLSearchParams(window.location.search));
      const part = typeof wanted === "function" ? wanted(now) : wanted;
      if (part.range !== undefined) setRanges([]);
      window.history.replaceState(null, "", href({ ...now, ...part }));
    },
    zoom: ({ from, to }) => {
      setRanges([...ranges, state.range]);
      window.history.pushState(null, "", href({ ...state, range: { from, to } }));
    },
    back:
      ranges.length === 0
        ? undefined
        : () => {
            const last = ranges.at(-1) ?? state.range;
            setRanges(ranges.slice(0, -1));
            window.history.pushState(null, "", href({ ...state, range: last }));
          },
  };
}
