import { matchesTopic } from "#server/broker/topic-filter.ts";
import type {
  LiveFrame,
  LiveOutcome,
  LiveTailFilter,
  LiveTailMessage,
} from "#server/domain/live.ts";

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
  const room = openAllowance(at.clock, { most: atOnce, perSecond: evenly });
  const searches = openAllowance(at.clock, {
    most: searchesPerSecond,
    perSecond: searchesPerSecond,
  });
  const reservoir = openReservoir(at.random);
  let unsearched = 0;
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    timer = undefined;
    if (!at.isReady()) {
      timer = setTimeout(flush, gatherMs);
      return;
    }
    const { matched, picked } = reservoir.take();
    room.use(picked.length);
    const messages = picked.map((make) => make());
    at.send({ kind: "tail", at: at.clock(), messages, matched, unsearched });
    unsearched = 0;
  };

  return {
    offer: (subject, make) => {
      if (!fits(subject)) return;
      timer ??= setTimeout(flush, gatherMs);
      if (text !== undefined) {
        if (searches.left() < 1) {
          unsearched += 1;
          return;
        }
        searches.use(1);
        if (!subject.payload.subarray(0, searchedBytes).includes(text)) return;
      }
      reservoir.offer(make, Math.max(1, Math.floor(room.left())));
    },
    close: () => clearTimeout(timer),
  };
}

type Allowance = { left(): number; use(amount: number): void };

/** What may be used of something that comes back with time. */
function openAllowance(
  clock: () => number,
  { most, perSecond }: { readonly most: number; readonly perSecond: number },
): Allowance {
  let amount = most;
  let filledAt = clock();
  return {
    left: () => {
      const now = clock();
      amount = Math.min(most, amount + (Math.max(0, now - filledAt) / 1000) * perSecond);
      filledAt = now;
      return amount;
    },
    use: (used) => {
      amount -= used;
    },
  };
}

type Make = () => LiveTailMessage;

type Reservoir = {
  offer(make: Make, places: number): void;
  /** What was picked, in the order in which it came, and of how many. Empties it. */
  take(): { readonly picked: readonly Make[]; readonly matched: number };
};

/** Picks some of a stream of unknown length, each with the same chance. */
function openReservoir(random: () => number): Reservoir {
  let picked: { readonly ordinal: number; readonly make: Make }[] = [];
  let matched = 0;
  return {
    offer: (make, places) => {
      matched += 1;
      const one = { ordinal: matched, make };
      if (picked.length < places) {
        picked.push(one);
        return;
      }
      const place = Math.floor(random() * matched);
      if (place < picked.length) picked[place] = one;
    },
    take: () => {
      const taken = {
        picked: picked.toSorted((a, b) => a.ordinal - b.ordinal).map(({ make }) => make),
        matched,
      };
      picked = [];
      matched = 0;
      return taken;
    },
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
