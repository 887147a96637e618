import type { TelemetryLevel } from "#server/domain/telemetry-query.ts";

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** Instants are epoch milliseconds; the end is not included. */
export type Span = { readonly from: number; readonly to: number };

/** A part of a range, and where its readings are read from. */
export type SourcePart = Span & { readonly source: TelemetryLevel };

export type SourcePlan = Span & {
  /** Together they cover the range, and no two overlap. */
  readonly parts: readonly SourcePart[];
  /** Some of what is behind is taken from rollups as they are: reading around it would take too long. */
  readonly settling: boolean;
};

/** Minutes of devices that are read in place of rollups at most, in so many spans. */
const maxDeviceMinutes = 200_000;
const maxBehindSpans = 24;
/** The database names no more minutes: so many stand for the whole range. */
export const maxBehindMinutes = 5_000;

/**
 * From where each part of a range is read, so that the answer is what single readings would give:
 * rollups, except for minutes that are behind, which are read singly; of hours that hold such a
 * minute, the others come from minutes.
 * @param at.behind starts of minutes whose rollups may lack readings, ascending
 * @returns the range widened to whole buckets, in parts
 */
export function planSources(
  at: Span & {
    readonly level: TelemetryLevel;
    /** 0 for single readings. */
    readonly bucketMs: number;
    readonly devices: number;
    readonly behind: readonly number[];
  },
): SourcePlan {
  const whole = widen(at, at.bucketMs);
  if (at.level === "raw")
    return { ...whole, parts: [{ ...whole, source: "raw" }], settling: false };
  const known =
    at.behind.length >= maxBehindMinutes ? [widen(whole, minuteMs)] : toSpans(at.behind);
  // An hour with a minute that is behind costs all of its minutes.
  const readMs = at.level === "hour" ? hourMs : minuteMs;
  const behind = affordable(known, at.devices, readMs);
  const settling = behind.length < known.length;
  if (at.level === "minute") {
    return {
      ...whole,
      parts: [...asParts(without(whole, behind), "minute"), ...asParts(clip(behind, whole), "raw")],
      settling,
    };
  }
  const hours = clip(union(behind.map((span) => widen(span, hourMs))), whole);
  return {
    ...whole,
    parts: [
      ...asParts(without(whole, hours), "hour"),
      ...asParts(
        hours.flatMap((span) => without(span, behind)),
        "minute",
      ),
      ...asParts(clip(behind, whole), "raw"),
    ],
    settling,
  };
}

/** The span with its ends moved outwards to multiples of `widthMs`; itself when that is 0. */
export function widen({ from, to }: Span, widthMs: number): Span {
  if (widthMs === 0) return { from, to };
  return { from: Math.floor(from / widthMs) * widthMs, to: Math.ceil(to / widthMs) * widthMs };
}

/** Minutes that follow each other become one span. */
function toSpans(minutes: readonly number[]): readonly Span[] {
  return union(minutes.map((from) => ({ from, to: from + minuteMs })));
}

/** The newest spans as far as reading around them is quick: the newest are looked at most. */
function affordable(spans: readonly Span[], devices: number, readMs: number): readonly Span[] {
  let left = maxDeviceMinutes;
  const newest = spans.slice(-maxBehindSpans);
  const first = newest.findLastIndex((span) => {
    const { from, to } = widen(span, readMs);
    left -= ((to - from) / minuteMs) * devices;
    return left < 0;
  });
  return newest.slice(first + 1);
}

/** Ascending spans, those that touch made one. */
function union(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  for (const span of spans) {
    const previous = joined.at(-1);
    if (previous === undefined || previous.to < span.from) joined.push(span);
    else joined[joined.length - 1] = { from: previous.from, to: Math.max(previous.to, span.to) };
  }
  return joined;
}

function clip(spans: readonly Span[], { from, to }: Span): readonly Span[] {
  return spans
    .map((span) => ({ from: Math.max(from, span.from), to: Math.min(to, span.to) }))
    .filter((span) => span.from < span.to);
}

/** What remains of a span without the ascending others. */
function without(span: Span, others: readonly Span[]): readonly Span[] {
  const rest: Span[] = [];
  let { from } = span;
  for (const other of clip(others, span)) {
    if (from < other.from) rest.push({ from, to: other.from });
    from = other.to;
  }
  if (from < span.to) rest.push({ from, to: span.to });
  return rest;
}

function asParts(spans: readonly Span[], source: TelemetryLevel): readonly SourcePart[] {
  return spans.map((span) => ({ ...span, source }));
}
