import type { TimeRange } from "#components/charts/series.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const timeSteps = [
  second,
  2 * second,
  5 * second,
  15 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
  14 * day,
  28 * day,
] as const;

/** Round values that cover low to high in about `count` steps. A flat line gets room around it. */
export function valueTicks(low: number, high: number, count: number): readonly number[] {
  const flat = low === high;
  const from = flat ? low - Math.max(Math.abs(low) * 0.05, 0.5) : low;
  const to = flat ? high + Math.max(Math.abs(high) * 0.05, 0.5) : high;
  const rough = (to - from) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((size) => size * power >= rough) ?? 10) * power;
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  // Whole steps times the step: adding up would drift into 0.30000000000000004.
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Instants on round times of the viewer's zone, at most `count`. */
export function timeTicks({ from, to }: TimeRange, count: number): readonly number[] {
  const span = to - from;
  const step = timeSteps.find((size) => span / size <= count) ?? 28 * day;
  const midnight = new Date(from).setHours(0, 0, 0, 0);
  const ticks: number[] = [];
  for (let at = midnight + Math.ceil((from - midnight) / step) * step; at <= to; at += step) {
    ticks.push(at);
  }
  return ticks;
}

/** How an instant on the axis is written, given the span of the whole axis. */
export function timeTickLabel(at: number, span: number): string {
  const date = new Date(at);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (isMidnight && span > 6 * hour) return dayLabel(at);
  if (span > 8 * day) return dayLabel(at);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return span < 10 * minute ? `${clock}:${two(date.getSeconds())}` : clock;
}

function dayLabel(at: number): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" }).format(at);
}
