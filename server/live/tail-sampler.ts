import { matchesTopic } from "#server/broker/topic-filter.ts";
import type { LiveFrame, LiveOutcome, LiveTailFilter, LiveTailMessage } from "#server/domain/live.ts";

/** What a viewer is shown at most in a second: half of it may come at once, half flows evenly. */
export const tailPerSecond = 50;
const atOnce = tailPerSecond / 2;
const evenly = tailPerSecond / 2;
/** A frame gathers this long; it is also what a message waits at most before it is told. */
const gatherMs = 100;
/** Payloads that are searched for text in a second, for each viewer: the rest is counted. */
const searchesPerSecond = 2000;
/** Of a payload, how much is searched. */
const searchedBytes = 16 * 1024;

/** What a filter looks at; nothing of it is copied. */
export type TailSubject = {
  readonly deviceKey: bigint | undefined;
  readonly profileId: string | undefined;
  readonly outcome: LiveOutcome;
  readonly topic: string;
  readonly payload: Buffer;
};

/** One viewer's tail. */
export type TailSampler = {
  /** @param make the message as it is shown; called for those that are, within {@link gatherMs} */
  offer(subject: TailSubject, make: () => LiveTailMessage): void;
  close(): void;
};

type Picked = { readonly ordinal: number; readonly make: () => LiveTailMessage };

/**
 * Picks what one viewer sees of the messages that fit: all of them while they are few, and from then
 * on an even sample of each tenth of a second with the number of those it stands for. What is not
 * picked costs a comparison and is never formatted.
 * @param at.clock milliseconds
 * @param at.random from 0 to below 1
 */
export function sampleTail(at: {
  readonly filter: LiveTailFilter;
  readonly isReady: () => boolean;
  readonly send: (frame: LiveFrame) => void;
  readonly clock: () => number;
  readonly random: () => number;
}): TailSampler {
  const fits = matcherOf(at.filter);
  const text = at.filter.text === undefined ? undefined : Buffer.from(at.filter.text, "utf8");
  let room = atOnce;
  let searches = searchesPerSecond;
  let filledAt = at.clock();
  let picked: Picked[] = [];
  let matched = 0;
  let unsearched = 0;
  let timer: NodeJS.Timeout | undefined;

  const refill = (): void => {
    const now = at.clock();
    const passed = Math.max(0, now - filledAt) / 1000;
    room = Math.min(atOnce, room + passed * evenly);
    searches = Math.min(searchesPerSecond, searches + passed * searchesPerSecond);
    filledAt = now;
  };
  const flush = (): void => {
    timer = undefined;
    if (!at.isReady()) {
      timer = setTimeout(flush, gatherMs);
      return;
    }
    const shown = picked.toSorted((a, b) => a.ordinal - b.ordinal).map(({ make }) => make());
    room -= shown.length;
    refill();
    const frame: LiveFrame = { kind: "tail", at: at.clock(), messages: shown, matched, unsearched };
    picked = [];
    matched = 0;
    unsearched = 0;
    at.send(frame);
  };
  const has = (payload: Buffer): boolean => {
    if (text === undefined) return true;
    searches -= 1;
    return payload.subarray(0, searchedBytes).includes(text);
  };
  /** Each message of the gathering has the same chance (reservoir sampling). */
  const pick = (make: () => LiveTailMessage): void => {
    const places = Math.max(1, Math.floor(room));
    const one = { ordinal: matched, make };
    if (picked.length < places) {
      picked.push(one);
      return;
    }
    const place = Math.floor(at.random() * matched);
    if (place < places) picked[place] = one;
  };

  return {
    offer: (subject, make) => {
      if (!fits(subject)) return;
      if (matched + unsearched === 0) refill();
      timer ??= setTimeout(flush, gatherMs);
      if (text !== undefined && searches < 1) {
        unsearched += 1;
        return;
      }
      if (!has(subject.payload)) return;
      matched += 1;
      pick(make);
    },
    close: () => clearTimeout(timer),
  };
}

/** The parts of a filter that cost nothing to look at. */
function matcherOf(filter: LiveTailFilter): (subject: TailSubject) => boolean {
  const { profileId, outcome, topic } = filter;
  const deviceKey = filter.deviceKey === undefined ? undefined : BigInt(filter.deviceKey);
  return (subject) =>
    (deviceKey === undefined || subject.deviceKey === deviceKey) &&
    (profileId === undefined || subject.profileId === profileId) &&
    (outcome === undefined || subject.outcome === outcome) &&
    (topic === undefined || matchesTopic(topic, subject.topic));
}
