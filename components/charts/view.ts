import type { TimeRange } from "#components/charts/series.ts";

/** The earliest and the latest instant that a chart goes to: 1970, and the end of 2199. */
const bounds: TimeRange = { from: 0, to: Date.UTC(2200, 0, 1) };
/** Shorter ranges have no ticks that could be told apart. */
const shortestMs = 1_000;

/** A range inside of what a chart can show, of the same length where that is possible. */
export function withinBounds({ from, to }: TimeRange): TimeRange {
  const span = Math.min(Math.max(to - from, shortestMs), bounds.to - bounds.from);
  const middle = (from + to) / 2;
  const start = Math.min(Math.max(middle - span / 2, bounds.from), bounds.to - span);
  return { from: Math.round(start), to: Math.round(start + span) };
}

/** The range with its length times `factor`, such that the instant stays where it is. */
export function zoomAround({ from, to }: TimeRange, at: number, factor: number): TimeRange {
  const zoomed = { from: at - (at - from) * factor, to: at + (to - at) * factor };
  if (zoomed.to - zoomed.from >= shortestMs) return withinBounds(zoomed);
  const share = (at - from) / (to - from);
  const start = at - shortestMs * share;
  return withinBounds({ from: start, to: start + shortestMs });
}

/** The range moved by a share of its length; positive is later. */
export function panBy({ from, to }: TimeRange, share: number): TimeRange {
  const by = (to - from) * share;
  return withinBounds({ from: from + by, to: to + by });
}
