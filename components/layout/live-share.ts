import { createLiveLead, type LiveLead, type LeadAnswer } from "#components/layout/live-lead.ts";
import type { LeadMessage, TabMessage } from "#components/layout/live-tab-messages.ts";
import type { LinkEvents, LiveLink } from "#components/layout/live-stream.ts";
import { isEmptyWish, type LiveWish } from "#components/layout/live-wish.ts";

/** A channel between the tabs of this browser, as BroadcastChannel is. */
export type TabChannel = {
  readonly post: (message: unknown) => void;
  readonly close: () => void;
};

/** What the browser gives us to share with: Web Locks and BroadcastChannel. */
export type TabSharing = {
  /** Waits for the lock and holds it until `signal` aborts; `isNow`: takes it from its holder. */
  readonly hold: (at: {
    readonly name: string;
    readonly isNow: boolean;
    readonly onHeld: () => void;
    /** Another tab took it. */
    readonly onTaken: () => void;
    readonly signal: AbortSignal;
  }) => void;
  readonly open: (name: string, onMessage: (message: unknown) => void) => TabChannel;
};

/** A tab says so often what it wishes: that it is there, and that the one that leads is. */
const sayEveryMs = 5_000;
/** Without an answer for so long the one that leads is asleep, and another takes its place. */
const answerWithinMs = 2_000;
const chances = 2;

/**
 * The tabs of a browser share one stream: the tab that holds the lock `name` leads, opens it for the
 * wishes of all, and gives each tab its part on a channel of its own.
 *
 * Web Locks and not a SharedWorker: Chrome on Android has none, a worker outlives a new version of
 * the console with an old script, and the browser itself hands the lock on when a tab ends, however
 * it ends. A tab that leads and is suspended (iOS does that to hidden ones) holds the lock and says
 * nothing: whoever is not answered takes it away.
 * @param at.openStream the stream of the tab that leads
 */
export function createSharedLink(
  at: {
    readonly name: string;
    readonly tab: string;
    readonly sharing: TabSharing;
    readonly openStream: (events: LinkEvents) => LiveLink;
  },
  events: LinkEvents,
): LiveLink {
  const link = new SharedLink(at, events);
  return {
    follow: (wish) => link.follow(wish),
    end: () => link.end(),
    stop: () => link.stop(),
  };
}

class SharedLink {
  readonly #at: Parameters<typeof createSharedLink>[0];
  readonly #events: LinkEvents;
  readonly #lobby: TabChannel;
  readonly #own: TabChannel;
  #wish: LiveWish = {};
  #n = 0;
  #isGap = false;
  #isEnded = false;
  #lead: LiveLead | undefined;
  #waiting: AbortController | undefined;
  #unanswered = 0;
  #say: ReturnType<typeof setInterval> | undefined;
  #answer: ReturnType<typeof setTimeout> | undefined;

  constructor(at: Parameters<typeof createSharedLink>[0], events: LinkEvents) {
    this.#at = at;
    this.#events = events;
    this.#lobby = at.sharing.open(at.name, (message) => this.#overhear(message as TabMessage));
    this.#own = at.sharing.open(channelOf(at.name, at.tab), (message) =>
      this.#hear(message as LeadMessage),
    );
  }

  follow(wish: LiveWish): void {
    if (this.#isEnded) return;
    this.#wish = wish;
    this.#n += 1;
    if (isEmptyWish(wish)) return this.#leave();
    if (this.#waiting === undefined) this.#stand(false);
    this.#say ??= setInterval(() => this.#tellWish(), sayEveryMs);
    this.#tellWish();
  }

  stop(): void {
    this.#leave();
    this.#resign();
    this.#own.close();
    this.#lobby.close();
  }

  /** Nothing is wished for: neither frames nor the lead. */
  #leave(): void {
    clearInterval(this.#say);
    clearTimeout(this.#answer);
    this.#say = this.#answer = undefined;
    this.#unanswered = 0;
    if (this.#lead === undefined) this.#post({ n: this.#n, wish: {} });
    else this.#lead.wish(this.#at.tab, { n: this.#n, wish: {} });
    if (this.#lead === undefined || this.#lead.isAlone) this.#resign();
  }

  #resign(): void {
    this.#waiting?.abort();
    this.#waiting = undefined;
    this.#lead?.stop();
    this.#lead = undefined;
  }

  #post(of: { readonly n: number; readonly wish: LiveWish }): void {
    this.#lobby.post({ kind: "wish", tab: this.#at.tab, ...of } satisfies TabMessage);
  }

  #tellWish(): void {
    const of = { n: this.#n, wish: this.#wish };
    if (this.#lead !== undefined) {
      this.#lead.wish(this.#at.tab, of);
      return;
    }
    this.#post(of);
    this.#answer ??= setTimeout(() => this.#missAnswer(), answerWithinMs);
  }

  #missAnswer(): void {
    this.#answer = undefined;
    this.#unanswered += 1;
    if (this.#unanswered >= chances) this.#stand(true);
    else this.#tellWish();
  }

  /** Stands for the lead: when it is free, or now, from one who does not answer. */
  #stand(isNow: boolean): void {
    this.#waiting?.abort();
    const waiting = new AbortController();
    this.#waiting = waiting;
    this.#unanswered = 0;
    this.#at.sharing.hold({
      name: this.#at.name,
      isNow,
      onHeld: () => this.#startLead(),
      onTaken: () => {
        this.#lead?.stop();
        this.#lead = undefined;
        this.#waiting = undefined;
        if (isEmptyWish(this.#wish) || this.#isEnded) return;
        this.#stand(false);
        this.#tellWish();
      },
      signal: waiting.signal,
    });
  }

  #startLead(): void {
    clearTimeout(this.#answer);
    this.#answer = undefined;
    this.#lead = createLiveLead({
      openStream: this.#at.openStream,
      openTab: (tab): LeadAnswer => {
        if (tab === this.#at.tab) {
          return { post: (message) => this.#hear(message), close: () => undefined };
        }
        return this.#at.sharing.open(channelOf(this.#at.name, tab), () => undefined);
      },
      onIdle: () => {
        // Whoever led for others only has no more to do.
        if (isEmptyWish(this.#wish)) this.#resign();
      },
    });
    this.#lead.wish(this.#at.tab, { n: this.#n, wish: this.#wish });
    this.#lobby.post({ kind: "lead", tab: this.#at.tab } satisfies TabMessage);
  }

  #overhear(message: TabMessage): void {
    switch (message.kind) {
      case "wish":
        this.#lead?.wish(message.tab, message);
        return;
      case "lead":
        if (this.#lead === undefined && !isEmptyWish(this.#wish)) this.#tellWish();
        return;
      case "ended":
        this.#end();
    }
  }

  #hear(message: LeadMessage): void {
    clearTimeout(this.#answer);
    this.#answer = undefined;
    this.#unanswered = 0;
    switch (message.kind) {
      case "frame":
        this.#events.onFrame(message.frame);
        return;
      case "ready": {
        this.#isGap ||= message.isGap;
        // It follows an older wish; the newest is on its way.
        if (message.n !== this.#n) return;
        const isGap = this.#isGap;
        this.#isGap = false;
        this.#events.onReady({ keys: message.keys, isGap });
        return;
      }
      case "standing":
        if (message.standing.state === "ended") this.end();
        else this.#events.onStanding(message.standing);
    }
  }

  /** Nobody is signed in any more: for every tab. */
  end(): void {
    this.#lobby.post({ kind: "ended" } satisfies TabMessage);
    this.#end();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearInterval(this.#say);
    clearTimeout(this.#answer);
    this.#resign();
    this.#events.onStanding({ state: "ended" });
  }
}

function channelOf(name: string, tab: string): string {
  return `${name} ${tab}`;
}
