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

/** What is drawn to show a range: its length once more on each side, to be moved into sight. */
export function drawnRange({ from, to }: TimeRange): TimeRange {
  return { from: from - (to - from), to: to + (to - from) };
}

/** Whether what is drawn for one range can be moved such that it shows another. */
export function canShow(base: TimeRange, range: TimeRange): boolean {
  const drawn = drawnRange(base);
  return range.from >= drawn.from && range.to <= drawn.to;
}

/** Shares of a length below this are those of rounded milliseconds: nobody zoomed. */
const sameLength = 1e-3;

/** Whether two ranges are as long as each other. */
export function isSameLength(one: TimeRange, other: TimeRange): boolean {
  return Math.abs((other.to - other.from) / (one.to - one.from) - 1) < sameLength;
}

/**
 * How what was drawn for one range is moved to show another: x becomes `scale` times x plus `shift`
 * (pixels). Ranges of the same length differ by whole pixels, so that lines stay sharp.
 */
export function movement(
  base: TimeRange,
  range: TimeRange,
  { x, width }: { readonly x: number; readonly width: number },
): { readonly scale: number; readonly shift: number } {
  const by = ((base.from - range.from) / (range.to - range.from)) * width;
  if (isSameLength(base, range)) return { scale: 1, shift: Math.round(by) };
  const scale = (base.to - base.from) / (range.to - range.from);
  return { scale, shift: x * (1 - scale) + by };
}
