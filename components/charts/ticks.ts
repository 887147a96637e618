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

/**
 * Round values that cover low to high in about `count` steps. A flat line gets room around it, but
 * not below 0 where nothing is: a count of 0 stands on the axis.
 */
export function valueTicks(low: number, high: number, count: number): readonly number[] {
  const flat = low === high;
  const room = flat ? Math.max(Math.abs(low) * 0.05, 0.5) : 0;
  const from = flat && low >= 0 ? Math.max(low - room, 0) : low - room;
  const to = flat && high === 0 ? 1 : high + room;
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

const monthSteps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200] as const;
const averageMonth = 30.44 * day;

/** Instants on round times of the viewer's zone, at most `count`. */
export function timeTicks({ from, to }: TimeRange, count: number): readonly number[] {
  const span = to - from;
  const step = timeSteps.find((size) => span / size <= count);
  if (step === undefined) return monthTicks({ from, to }, count);
  const midnight = new Date(from).setHours(0, 0, 0, 0);
  const ticks: number[] = [];
  if (step < day) {
    const first = midnight + Math.ceil((from - midnight) / step) * step;
    for (let at = first; at <= to; at += step) ticks.push(at);
    return ticks;
  }
  // By the calendar: a day is an hour longer or shorter when the clocks change.
  const date = new Date(midnight);
  while (date.getTime() <= to) {
    if (date.getTime() >= from) ticks.push(date.getTime());
    date.setDate(date.getDate() + step / day);
  }
  return ticks;
}

/** First days of months, of every so many months; of years and decades where the range is long. */
function monthTicks({ from, to }: TimeRange, count: number): readonly number[] {
  const months = (to - from) / averageMonth;
  const step = monthSteps.find((size) => months / size <= count) ?? 1_200;
  const start = new Date(from);
  const first = start.getFullYear() * 12 + start.getMonth();
  const ticks: number[] = [];
  for (let month = Math.floor(first / step) * step; ; month += step) {
    const at = new Date(0);
    at.setFullYear(Math.floor(month / 12), month % 12, 1);
    at.setHours(0, 0, 0, 0);
    if (at.getTime() > to) return ticks;
    if (at.getTime() >= from) ticks.push(at.getTime());
  }
}

const year = 365 * day;

/** How an instant on the axis is written, given the span of the whole axis. */
export function timeTickLabel(at: number, span: number): string {
  const date = new Date(at);
  if (span > 6 * year) return String(date.getFullYear());
  if (span > 120 * day) return monthLabel.format(at);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (isMidnight && span > 6 * hour) return dayLabel.format(at);
  if (span > 8 * day) return dayLabel.format(at);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return span < 10 * minute ? `${clock}:${two(date.getSeconds())}` : clock;
}

const dayLabel = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const monthLabel = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric" });
