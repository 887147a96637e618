import type { LiveFrame, LiveTailMessage } from "#server/domain/live.ts";

/** What the page keeps, running and paused. */
export const keptMessages = 500;
/** Over which the rate is told. */
const rateMs = 1_000;

/** A message with its number on this page, so that no two are alike. */
export type HeardTail = LiveTailMessage & { readonly n: number };

type Counted = {
  /** Epoch milliseconds of this machine. */
  readonly at: number;
  readonly shown: number;
  readonly matched: number;
  readonly unsearched: number;
};

export type Tail = {
  /** Newest first. */
  readonly shown: readonly HeardTail[];
  /** What came while it was held still, newest first; null while it runs. */
  readonly waiting: readonly HeardTail[] | null;
  readonly next: number;
  /** Of the last second. */
  readonly counts: readonly Counted[];
};

export const emptyTail: Tail = { shown: [], waiting: null, next: 1, counts: [] };

type TailFrame = Extract<LiveFrame, { readonly kind: "tail" }>;

/** The tail after a frame. */
export function hearTail(tail: Tail, frame: TailFrame, now: number): Tail {
  const heard = frame.messages
    .map((message, index) => ({ ...message, n: tail.next + index }))
    .toReversed();
  const add = (to: readonly HeardTail[]): readonly HeardTail[] =>
    [...heard, ...to].slice(0, keptMessages);
  const count = {
    at: now,
    shown: heard.length,
    matched: frame.matched,
    unsearched: frame.unsearched,
  };
  return {
    shown: tail.waiting === null ? add(tail.shown) : tail.shown,
    waiting: tail.waiting === null ? null : add(tail.waiting),
    next: tail.next + heard.length,
    counts: [...tail.counts.filter(({ at }) => now - at < rateMs), count],
  };
}

/** Holds it still: what comes waits. */
export function pauseTail(tail: Tail): Tail {
  return { ...tail, waiting: tail.waiting ?? [] };
}

/** Lets it run again; what waited is shown. */
export function resumeTail(tail: Tail): Tail {
  const shown = [...(tail.waiting ?? []), ...tail.shown].slice(0, keptMessages);
  return { ...tail, shown, waiting: null };
}

/** Forgets what is shown and what waits; held still stays held still. */
export function clearTail(tail: Tail): Tail {
  return { ...tail, shown: [], waiting: tail.waiting === null ? null : [] };
}

/** What came in the last second. */
export function rateOf(tail: Tail, now: number): Omit<Counted, "at"> {
  const recent = tail.counts.filter(({ at }) => now - at < rateMs);
  const sum = (of: (count: Counted) => number): number =>
    recent.reduce((total, count) => total + of(count), 0);
  return {
    shown: sum(({ shown }) => shown),
    matched: sum(({ matched }) => matched),
    unsearched: sum(({ unsearched }) => unsearched),
  };
}
