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

/** Where a feed starts: what the server knew. Messages newest first. */
export function startFeed(
  latest: Readonly<Record<string, LatestValue>>,
  messages: readonly Omit<HeardMessage, "n">[],
): Feed {
  const count = messages.length;
  return {
    latest,
    points: {},
    messages: messages.map((message, index) => ({ ...message, n: count - index })),
    dropped: 0,
  };
}

/** The feed after a frame's messages of this device, oldest first. */
export function hearMessages(feed: Feed, messages: readonly LiveMessage[], dropped: number): Feed {
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
  const heard = (feed.messages[0]?.n ?? 0) + 1;
  const numbered = messages.map(({ receivedAt, outcome, topic, text }, index) => ({
    n: heard + index,
    receivedAt,
    outcome,
    channel: channelOf(topic),
    text,
  }));
  return {
    latest,
    points,
    messages: [...numbered.toReversed(), ...feed.messages].slice(0, keptMessages),
    dropped: feed.dropped + dropped,
  };
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
