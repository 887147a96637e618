import type { LinkEvents, LiveLink, LiveStanding } from "#components/layout/live-stream.ts";
import type { LeadMessage } from "#components/layout/live-tab-messages.ts";
import {
  filterFor,
  isEmptyWish,
  mergeWishes,
  type DeviceKeys,
  type FrameFilter,
  type LiveWish,
} from "#components/layout/live-wish.ts";
import { maxLiveDevices } from "#server/domain/live.ts";

/** Where the one that leads speaks to one tab. */
export type LeadAnswer = {
  readonly post: (message: LeadMessage) => void;
  readonly close: () => void;
};

/** The tab that leads: one stream for the wishes of all tabs. */
export type LiveLead = {
  /** What a tab wishes from now on; said again and again, so that a tab that is gone is found. */
  readonly wish: (tab: string, of: { readonly n: number; readonly wish: LiveWish }) => void;
  /** No tab wishes for anything. */
  readonly isAlone: boolean;
  readonly stop: () => void;
};

/** A tab says every 5 s that it is there. */
const goneAfterMs = 20_000;
const lookEveryMs = 5_000;

type Tab = {
  readonly answer: LeadAnswer;
  n: number;
  wish: LiveWish;
  saidAt: number;
  /** What it may have missed before it came was not told. */
  isNew: boolean;
  /** Its devices are too many beside those of the others. */
  isCrowded: boolean;
  filter: FrameFilter;
};

type LeadParts = {
  readonly openStream: (events: LinkEvents) => LiveLink;
  readonly openTab: (tab: string) => LeadAnswer;
  /** Nobody wishes for anything any more. */
  readonly onIdle: () => void;
};

/** Leads the tabs of a browser until it is stopped. */
export function createLiveLead(parts: LeadParts): LiveLead {
  const lead = new Lead(parts);
  return {
    wish: (tab, of) => lead.wish(tab, of),
    get isAlone() {
      return lead.isAlone;
    },
    stop: () => lead.stop(),
  };
}

class Lead {
  readonly #parts: LeadParts;
  readonly #tabs = new Map<string, Tab>();
  readonly #stream: LiveLink;
  readonly #looking: ReturnType<typeof setInterval>;
  #standing: LiveStanding = { state: "connecting" };

  constructor(parts: LeadParts) {
    this.#parts = parts;
    this.#looking = setInterval(() => this.#findGone(), lookEveryMs);
    this.#stream = parts.openStream({
      onFrame: (frame) => {
        for (const { filter, answer } of this.#tabs.values()) {
          const own = filter(frame);
          if (own !== undefined) answer.post({ kind: "frame", frame: own });
        }
      },
      onReady: ({ keys, isGap }) => {
        for (const tab of this.#tabs.values()) if (!tab.isCrowded) greet(tab, keys, isGap);
      },
      onStanding: (next) => {
        const { state, why } = this.#standing;
        if (next.state === state && next.why === why) return;
        this.#standing = next;
        for (const tab of this.#tabs.values()) this.#tellStanding(tab);
      },
    });
  }

  get isAlone(): boolean {
    return this.#tabs.size === 0;
  }

  wish(name: string, { n, wish }: { readonly n: number; readonly wish: LiveWish }): void {
    const known = this.#tabs.get(name);
    if (isEmptyWish(wish)) {
      this.#remove(name);
      if (known !== undefined) this.#follow();
      return;
    }
    if (known?.n === n) {
      known.saidAt = Date.now();
      this.#tellStanding(known);
      return;
    }
    const more = known ?? { answer: this.#parts.openTab(name), filter: nothing, isNew: true };
    const { answer, filter, isNew } = more;
    const tab = { answer, filter, isNew, n, wish, saidAt: Date.now(), isCrowded: false };
    this.#tabs.set(name, tab);
    this.#follow();
  }

  stop(): void {
    clearInterval(this.#looking);
    this.#stream.stop();
    for (const name of this.#tabs.keys()) this.#remove(name);
  }

  #tellStanding({ answer, isCrowded }: Tab): void {
    const standing: LiveStanding = isCrowded ? { state: "crowded" } : this.#standing;
    answer.post({ kind: "standing", standing });
  }

  #remove(name: string): void {
    this.#tabs.get(name)?.answer.close();
    this.#tabs.delete(name);
  }

  #follow(): void {
    const wishes = fitting([...this.#tabs.values()]);
    for (const tab of this.#tabs.values()) this.#tellStanding(tab);
    this.#stream.follow(mergeWishes(wishes));
    if (this.isAlone) this.#parts.onIdle();
  }

  #findGone(): void {
    const since = Date.now() - goneAfterMs;
    const gone = [...this.#tabs].filter(([, { saidAt }]) => saidAt < since);
    for (const [name] of gone) this.#remove(name);
    if (gone.length > 0) this.#follow();
  }
}

const nothing: FrameFilter = () => undefined;

function greet(tab: Tab, keys: DeviceKeys, isGap: boolean): void {
  tab.filter = filterFor(tab.wish, keys);
  tab.answer.post({ kind: "ready", n: tab.n, keys, isGap: isGap || tab.isNew });
  tab.isNew = false;
}

/** As many tabs' wishes as one stream takes, those that came first before others. */
function fitting(tabs: readonly Tab[]): readonly LiveWish[] {
  const devices = new Set<string>();
  const wishes: LiveWish[] = [];
  for (const tab of tabs) {
    const own = tab.wish.devices ?? [];
    const more = own.filter((id) => !devices.has(id));
    tab.isCrowded = devices.size + more.length > maxLiveDevices;
    if (tab.isCrowded) {
      tab.isNew = true;
      tab.filter = nothing;
      continue;
    }
    for (const id of more) devices.add(id);
    wishes.push(tab.wish);
  }
  return wishes;
}
