import type { Database } from "#server/db/client.ts";
import type { LiveFrame, LiveInterest, LiveMessage } from "#server/domain/live.ts";
import { keepNewest } from "#server/live/newest-messages.ts";
import {
  gatherNews,
  openViewerOutlet,
  type RelayViewer,
  type ViewerOutlet,
} from "#server/live/relay-viewer.ts";
import { paceRounds } from "#server/live/rounds.ts";
import { subscribeLive, type WorkersSubscription } from "#server/live/subscribe.ts";
import { maxFollowedDevices } from "#server/live/worker-line.ts";

/** One who watches, from the relay's side. */
export type Watching = {
  /** The viewer can take more again. */
  flush(): void;
  end(): void;
};

/** One console's ear at the workers, for all its viewers. */
export type LiveRelay = {
  /** @returns undefined when this console cannot serve more viewers or more devices */
  watch(viewer: RelayViewer): Watching | undefined;
  readonly viewers: number;
  stop(): Promise<void>;
};

const maxViewers = 5_000;
/** Changes of interest gather this long, so that a page's coming and going costs the workers little. */
const gatherMs = 20;

/**
 * Follows on the workers what all viewers ask for together, once for each organisation, and gives
 * each viewer its part: a message is told by the worker once, however many people watch.
 * @param at.clock epoch milliseconds
 */
export function createLiveRelay(at: {
  readonly db: Database;
  readonly clock: () => number;
}): LiveRelay {
  const tenants = new Map<string, TenantRelay>();
  const count = (): number => [...tenants.values()].reduce((sum, { size }) => sum + size, 0);
  return {
    watch: (viewer) => {
      const { tenantId } = viewer.interest;
      const known = tenants.get(tenantId);
      const followed = (known?.deviceCount ?? 0) + viewer.interest.deviceKeys.length;
      if (count() >= maxViewers || followed > maxFollowedDevices) return undefined;
      const tenant = known ?? new TenantRelay(at, tenantId, () => tenants.delete(tenantId));
      tenants.set(tenantId, tenant);
      return tenant.watch(viewer);
    },
    get viewers() {
      return count();
    },
    stop: async () => {
      await Promise.all([...tenants.values()].map(async (tenant) => tenant.stop()));
    },
  };
}

/** A viewer who watches; `version` is the interest of the relay that has the viewer's in it. */
type Place = { readonly outlet: ViewerOutlet; version: number; isTold: boolean };

class TenantRelay {
  readonly #at: { readonly db: Database; readonly clock: () => number };
  readonly #tenantId: string;
  readonly #onEmpty: () => void;
  readonly #places = new Set<Place>();
  readonly #newest = keepNewest<LiveMessage>();
  /** The newest counters of each worker. */
  readonly #counters = new Map<string, LiveFrame>();
  readonly #ending = new AbortController();
  #workers: WorkersSubscription | undefined;
  #current = 0;
  #deviceCount = 0;
  #change: NodeJS.Timeout | undefined;
  readonly #rounds = paceRounds({
    run: () => this.#tellNews(),
    clock: () => performance.now(),
  });

  constructor(
    at: { readonly db: Database; readonly clock: () => number },
    tenantId: string,
    onEmpty: () => void,
  ) {
    this.#at = at;
    this.#tenantId = tenantId;
    this.#onEmpty = onEmpty;
  }

  get size(): number {
    return this.#places.size;
  }

  get deviceCount(): number {
    return this.#deviceCount;
  }

  watch(viewer: RelayViewer): Watching {
    const place: Place = {
      outlet: openViewerOutlet(viewer),
      version: Number.POSITIVE_INFINITY,
      isTold: false,
    };
    this.#places.add(place);
    this.#deviceCount += viewer.interest.deviceKeys.length;
    this.#changeSoon();
    return {
      flush: () => place.outlet.flush(),
      end: () => {
        if (!this.#places.delete(place)) return;
        this.#deviceCount -= viewer.interest.deviceKeys.length;
        if (this.#places.size === 0) void this.stop();
        else this.#changeSoon();
      },
    };
  }

  /** Does not reject. */
  async stop(): Promise<void> {
    clearTimeout(this.#change);
    this.#rounds.stop();
    this.#ending.abort();
    this.#onEmpty();
    await this.#workers?.ended;
  }

  #changeSoon(): void {
    this.#change ??= setTimeout(() => {
      this.#change = undefined;
      this.#follow();
    }, gatherMs);
  }

  #follow(): void {
    const interest = unionOf(
      this.#tenantId,
      [...this.#places].map(({ outlet }) => outlet.interest),
    );
    const version = this.#workers === undefined ? 1 : this.#workers.change(interest);
    for (const place of this.#places) place.version = Math.min(place.version, version);
    this.#workers ??= subscribeLive({
      db: this.#at.db,
      interest,
      onFrame: (frame) => this.#hear(frame),
      onCurrent: (newest) => {
        this.#current = newest;
        this.#greet();
      },
      onGap: () => {
        for (const place of this.#places) place.isTold = false;
        this.#greet();
      },
      signal: this.#ending.signal,
    });
    // Without a worker the change was in force before its number was known.
    this.#greet();
  }

  /** Says hello to those from whom nothing is kept any more. */
  #greet(): void {
    const hello: LiveFrame = { kind: "hello", at: this.#at.clock() };
    for (const place of this.#places) {
      if (place.isTold || place.version > this.#current) continue;
      place.isTold = true;
      place.outlet.tell(hello);
    }
  }

  #hear(frame: LiveFrame): void {
    if (frame.kind === "messages") this.#newest.add(frame.messages, frame.missed);
    else if (frame.kind === "fleet") this.#counters.set(frame.fleet.workerId, frame);
    else return this.#tell(frame);
    this.#rounds.ask();
  }

  #tell(frame: LiveFrame): void {
    for (const { outlet } of this.#places) if (outlet.wants(frame)) outlet.tell(frame);
  }

  #tellNews(): void {
    if (this.#newest.isEmpty && this.#counters.size === 0) return;
    const news = gatherNews(this.#newest.take(), [...this.#counters.values()]);
    this.#counters.clear();
    for (const { outlet } of this.#places) outlet.tellNews(news);
  }
}

function unionOf(tenantId: string, interests: readonly LiveInterest[]): LiveInterest {
  return {
    tenantId,
    deviceKeys: [...new Set(interests.flatMap(({ deviceKeys }) => deviceKeys))],
    fleet: interests.some(({ fleet }) => fleet),
    refusals: interests.some(({ refusals }) => refusals),
  };
}
