import type { ConnectionEnd, ConnectLive } from "#components/layout/live-connect.ts";
import {
  coversWish,
  isEmptyWish,
  type DeviceKeys,
  type LiveWish,
} from "#components/layout/live-wish.ts";
import type { LiveFrame, LiveLine } from "#server/domain/live.ts";

/**
 * connecting: no frame yet. live: a frame in the last 5 s. silent: connected, but no worker
 * reports. off: the stream was lost or refused; it is tried again after a growing pause. crowded:
 * this tab's devices are too many beside those of other tabs. ended: nobody is signed in any more.
 */
export type LiveState = "connecting" | "live" | "silent" | "off" | "crowded" | "ended";

/** How it stands; `why`: in words, where the console said so. */
export type LiveStanding = { readonly state: LiveState; readonly why?: string };

/** What a stream tells whoever follows it. */
export type LinkEvents = {
  readonly onFrame: (frame: LiveFrame) => void;
  /**
   * Everything that was asked for last is told from now on. `isGap`: also of what was asked for
   * before, something may have been missed. Every `follow` is answered by one of these.
   */
  readonly onReady: (ready: { readonly keys: DeviceKeys; readonly isGap: boolean }) => void;
  readonly onStanding: (standing: LiveStanding) => void;
};

/** A way to follow wishes: a stream of one's own, or one that the tabs share. */
export type LiveLink = {
  /** From now on this is wished for; what stays wished for misses nothing. */
  readonly follow: (wish: LiveWish) => void;
  /** Nobody is signed in any more, here and in every other tab. */
  readonly end: () => void;
  readonly stop: () => void;
};

const silentAfterMs = 5_000;
const retryPausesMs = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;
/** A refusal is not cured by trying at once. */
const refusedPauseMs = 30_000;
/** The console gives a sign of life every 15 s: without any for so long the connection is dead. */
const deadAfterMs = 40_000;
const lookEveryMs = 5_000;
/** The old connection stays so long beside the new one: what it still gathers is on its way. */
const overlapMs = 400;
/** What both told is known so long after the old one is closed. */
const rememberMs = 1_000;
/** What is not wished for any more is given back after this long: a page is often come back to. */
const lingerMs = 10_000;

/** One connection. */
type Leg = {
  readonly wish: LiveWish;
  readonly leave: () => void;
  keys: DeviceKeys;
  isReady: boolean;
  heardAt: number;
};

/**
 * Follows wishes by one connection. Where they grow, the new connection is opened before the old one
 * is closed, and what both tell is told once. After a loss it comes back with growing pauses.
 */
export function createLiveStream(connect: ConnectLive, events: LinkEvents): LiveLink {
  const stream = new Stream(connect, events);
  return {
    follow: (wish) => stream.follow(wish),
    end: () => stream.end(),
    stop: () => stream.stop(),
  };
}

class Stream {
  readonly #connect: ConnectLive;
  readonly #events: LinkEvents;
  #wish: LiveWish = {};
  #current: Leg | undefined;
  #next: Leg | undefined;
  #old: Leg | undefined;
  /** What was told while two connections were open; undefined while one is. */
  #told: Set<string | number> | undefined;
  #failures = 0;
  #isEnded = false;
  #isRefused = false;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;
  #overlap: ReturnType<typeof setTimeout> | undefined;
  #look: ReturnType<typeof setInterval> | undefined;

  constructor(connect: ConnectLive, events: LinkEvents) {
    this.#connect = connect;
    this.#events = events;
  }

  follow(wish: LiveWish): void {
    this.#wish = wish;
    if (this.#isEnded) return;
    if (isEmptyWish(wish)) return this.#rest();
    this.#look ??= setInterval(() => this.#findDead(), lookEveryMs);
    const asked = this.#next ?? this.#current;
    if (asked === undefined) {
      // Other wishes may not be refused; a console that is away does not come back for them.
      if (this.#retry === undefined || this.#isRefused) this.#open();
      return;
    }
    if (!coversWish(asked.wish, wish)) return this.#open();
    if (!coversWish(wish, asked.wish)) this.#giveBackLater();
    const { keys, isReady } = asked;
    if (isReady) this.#events.onReady({ keys, isGap: false });
  }

  stop(): void {
    for (const leg of [this.#current, this.#next, this.#old]) leg?.leave();
    this.#current = this.#next = this.#old = this.#told = undefined;
    for (const timer of [this.#silence, this.#retry, this.#linger, this.#overlap]) {
      clearTimeout(timer);
    }
    clearInterval(this.#look);
    this.#retry = this.#linger = this.#look = undefined;
  }

  #rest(): void {
    this.stop();
    this.#failures = 0;
    this.#events.onStanding({ state: "connecting" });
    this.#events.onReady({ keys: {}, isGap: false });
  }

  #giveBackLater(): void {
    this.#linger ??= setTimeout(() => {
      this.#linger = undefined;
      const asked = this.#next ?? this.#current;
      if (asked !== undefined && !coversWish(this.#wish, asked.wish)) this.#open();
    }, lingerMs);
  }

  /** Opens what is wished for now: beside the current connection if that one works, else for it. */
  #open(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#next?.leave();
    this.#next = undefined;
    // Two samples of one tail would show messages twice, and those of the filter before.
    const isBeside = this.#current?.isReady === true && this.#wish.tail === undefined;
    if (!isBeside) this.#current?.leave();
    const leg: Leg = {
      wish: this.#wish,
      keys: {},
      isReady: false,
      heardAt: Date.now(),
      leave: this.#connect(this.#wish, {
        onAlive: () => {
          leg.heardAt = Date.now();
        },
        onLine: (line, text) => this.#hear(leg, line, text),
        onEnd: (end) => this.#lose(leg, end),
      }),
    };
    if (isBeside) {
      this.#next = leg;
      this.#told ??= new Set();
    } else {
      this.#current = leg;
    }
  }

  #hear(leg: Leg, line: LiveLine, text: string): void {
    if (line.kind === "ended") return this.end();
    if (line.kind === "devices") {
      leg.keys = line.keys;
      return;
    }
    if (line.kind === "hello") return this.#greet(leg);
    const fresh = this.#told === undefined ? line : withoutTold(this.#told, line, text);
    this.#isAlive();
    if (fresh !== undefined) this.#events.onFrame(fresh);
  }

  #greet(leg: Leg): void {
    if (leg === this.#old) return;
    const isFirst = !leg.isReady;
    leg.isReady = true;
    this.#failures = 0;
    if (isFirst) this.#watchSilence();
    if (leg === this.#next) {
      this.#old?.leave();
      this.#old = this.#current;
      this.#current = leg;
      this.#next = undefined;
      this.#closeOld();
      this.#events.onReady({ keys: leg.keys, isGap: false });
      return;
    }
    // A worker came back, or the connection did: what happened meanwhile was not told.
    this.#events.onReady({ keys: leg.keys, isGap: true });
  }

  #closeOld(): void {
    clearTimeout(this.#overlap);
    this.#overlap = setTimeout(() => {
      this.#old?.leave();
      this.#old = undefined;
      this.#overlap = setTimeout(() => {
        if (this.#next === undefined) this.#told = undefined;
      }, rememberMs);
    }, overlapMs);
  }

  #lose(leg: Leg, end: ConnectionEnd): void {
    if (end.kind === "ended") return this.end();
    if (leg === this.#old) {
      this.#old = undefined;
      return;
    }
    if (this.#old === undefined) this.#told = undefined;
    if (leg === this.#next) this.#next = undefined;
    else if (leg === this.#current) {
      this.#current = this.#next;
      this.#next = undefined;
      clearTimeout(this.#silence);
      this.#events.onStanding({
        state: "off",
        ...(end.kind === "refused" && { why: end.why }),
      });
      // The one that was being opened takes its place.
      if (this.#current !== undefined) return;
    } else return;
    this.#isRefused = end.kind === "refused";
    const step = Math.min(this.#failures, retryPausesMs.length - 1);
    const pause = this.#isRefused ? refusedPauseMs : (retryPausesMs[step] ?? refusedPauseMs);
    this.#failures += 1;
    clearTimeout(this.#retry);
    // Not all browsers at the same moment after a console was away.
    this.#retry = setTimeout(() => this.#open(), pause * (0.5 + Math.random()));
  }

  /** A machine that slept, or a net that went away, closes nothing: only silence tells. */
  #findDead(): void {
    const since = Date.now() - deadAfterMs;
    for (const leg of [this.#next, this.#current]) {
      if (leg === undefined || leg.heardAt > since) continue;
      leg.leave();
      this.#lose(leg, { kind: "lost" });
    }
  }

  end(): void {
    this.stop();
    this.#isEnded = true;
    this.#events.onStanding({ state: "ended" });
  }

  #isAlive(): void {
    this.#watchSilence();
    this.#events.onStanding({ state: "live" });
  }

  #watchSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#events.onStanding({ state: "silent" }), silentAfterMs);
  }
}

/** What of a line was not told yet; notes it as told. */
function withoutTold(
  told: Set<string | number>,
  line: LiveFrame,
  text: string,
): LiveFrame | undefined {
  if (line.kind !== "messages") {
    if (told.has(text)) return undefined;
    told.add(text);
    return line;
  }
  const messages = line.messages.filter(({ seq }) => {
    if (seq === undefined) return true;
    if (told.has(seq)) return false;
    told.add(seq);
    return true;
  });
  return messages.length === 0 ? undefined : { ...line, messages };
}
