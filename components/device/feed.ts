import type { SeriesPoint } from "#components/charts/series.ts";
import type { LiveMessage, LiveOutcome } from "#server/domain/live.ts";

export type FieldValue = number | boolean | string;

/** Newest value of a field and its instant (epoch milliseconds). */
export type LatestValue = { readonly v: FieldValue; readonly t: number };

/** A message as the page lists it; `n` counts them, so that no two are alike. */
export type HeardMessage = {
  readonly n: number;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly outcome: LiveOutcome;
  /** What follows `up/` in the topic. */
  readonly channel: string;
  readonly text: string;
};

/** What the page has heard of one device since it was opened. */
export type Feed = {
  readonly latest: Readonly<Record<string, LatestValue>>;
  /** Per field, ascending in time. */
  readonly points: Readonly<Record<string, readonly SeriesPoint[]>>;
  /** Newest first. */
  readonly messages: readonly HeardMessage[];
  /** Messages that came faster than the bus passes on. */
  readonly dropped: number;
};

const keptPoints = 5_000;
const keptMessages = 200;

/** The part of a topic after the device's own prefix. */
export function channelOf(topic: string): string {
  return /^[^/]+\/v1\/d\/[^/]+\/up\/(.+)$/.exec(topic)?.[1] ?? topic;
}

function listed(message: Omit<HeardMessage, "n">, n: number): HeardMessage {
  const { receivedAt, outcome, channel, text } = message;
  return { n, receivedAt, outcome, channel, text };
}

/** Where a feed starts: what the server knew. Messages newest first. */
export function startFeed(
  latest: Readonly<Record<string, LatestValue>>,
  messages: readonly StoredMessage[],
): Feed {
  const count = messages.length;
  // A message of just now may be stored while its values are not yet the newest ones.
  const known = learnValues({ latest, points: {} }, messages.toReversed());
  return {
    ...known,
    messages: messages.map((message, index) => listed(message, count - index)),
    dropped: 0,
  };
}

/** The feed after a frame's messages of this device, oldest first. */
export function hearMessages(feed: Feed, messages: readonly LiveMessage[], dropped: number): Feed {
  const known = learnValues(feed, messages);
  const heard = lastNumber(feed.messages) + 1;
  const numbered = messages.map(({ receivedAt, outcome, topic, text }, index) => ({
    n: heard + index,
    receivedAt,
    outcome,
    channel: channelOf(topic),
    text,
  }));
  return {
    ...known,
    messages: [...numbered.toReversed(), ...feed.messages].slice(0, keptMessages),
    dropped: feed.dropped + dropped,
  };
}

/** A message that was read from the store. */
export type StoredMessage = Omit<HeardMessage, "n"> & {
  readonly ts: number;
  readonly values: Readonly<Record<string, FieldValue>>;
};

/** Until when the feed knows every message (epoch milliseconds, whole). */
export function knownUntil(feed: Feed): number {
  return Math.floor(feed.messages[0]?.receivedAt ?? 0);
}

/**
 * The feed after the stream was opened, or opened again: what the store has since `since` and the
 * stream has not told finds its place.
 */
export function hearStored(feed: Feed, stored: readonly StoredMessage[], since: number): Feed {
  const told = new Set(feed.messages.map(({ receivedAt }) => Math.floor(receivedAt)));
  const missed = stored.filter(({ receivedAt }) => {
    const at = Math.floor(receivedAt);
    return at > since && !told.has(at);
  });
  if (missed.length === 0) return feed;
  const next = lastNumber(feed.messages) + 1;
  const numbered = missed.toReversed().map((message, index) => listed(message, next + index));
  return {
    ...learnValues(feed, missed),
    messages: [...feed.messages, ...numbered]
      .toSorted((a, b) => b.receivedAt - a.receivedAt)
      .slice(0, keptMessages),
    dropped: feed.dropped,
  };
}

/** The highest number in use; where nothing was heard yet, 0. */
export function lastNumber(messages: readonly HeardMessage[]): number {
  return messages.reduce((highest, { n }) => Math.max(highest, n), 0);
}

function learnValues(
  feed: Pick<Feed, "latest" | "points">,
  messages: readonly Pick<StoredMessage, "ts" | "values">[],
): Pick<Feed, "latest" | "points"> {
  const latest = { ...feed.latest };
  const points = { ...feed.points };
  for (const message of messages) {
    for (const [name, v] of Object.entries(message.values)) {
      const before = latest[name];
      if (before === undefined || message.ts >= before.t) latest[name] = { v, t: message.ts };
      if (typeof v !== "string") {
        points[name] = insertPoint(points[name] ?? [], { t: message.ts, v: Number(v) });
      }
    }
  }
  return { latest, points };
}

/** Most come in order; back-fill finds its place. */
function insertPoint(points: readonly SeriesPoint[], point: SeriesPoint): readonly SeriesPoint[] {
  const last = points.at(-1);
  if (last === undefined || last.t < point.t) return [...points, point].slice(-keptPoints);
  const at = points.findIndex((each) => each.t >= point.t);
  const replaces = points[at]?.t === point.t ? 1 : 0;
  return points.toSpliced(at, replaces, point);
}

/** History and what came after it as one line within a range, broken where nothing came for `gapMs`. */
export function joinPoints(
  history: readonly SeriesPoint[],
  live: readonly SeriesPoint[],
  { from, to, gapMs }: { readonly from: number; readonly to: number; readonly gapMs: number },
): readonly SeriesPoint[] {
  const end = history.at(-1)?.t ?? Number.NEGATIVE_INFINITY;
  const line: SeriesPoint[] = [];
  for (const point of [...history, ...live.filter(({ t }) => t > end)]) {
    if (point.t < from || point.t > to) continue;
    const before = line.at(-1);
    if (before !== undefined && point.t - before.t > gapMs) line.push({ t: before.t + 1, v: null });
    line.push(point);
  }
  return line;
}
