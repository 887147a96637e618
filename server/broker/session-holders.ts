import type { SessionKey } from "#server/broker/publication.ts";
import type { SessionHandle, StoreEvents } from "#server/broker/session-store.ts";
import type { Database } from "#server/db/client.ts";
import { listenMqtt, type MqttNotice } from "#server/db/listen-mqtt.ts";
import { findMqttHolders } from "#server/db/mqtt-find-holders.ts";

type Held = { readonly id: bigint | undefined; readonly generation: number };

/** Which sessions have their connection on this worker, and what others do to them. */
export type Holders = {
  /** A connection has the session now; whoever had it here is told. */
  hold(key: SessionKey, held: Held & { readonly remote: string }): void;
  /** The session has a row now. */
  keep(handle: SessionHandle): void;
  release(handle: Pick<SessionHandle, "key" | "generation">): void;
  /** @returns a function that ends it */
  listen(): () => Promise<void>;
};

type Taken = { readonly generation: number; readonly remote: string };

/** Notices that are remembered because the answer that they overtook may still come. */
const mostEarly = 1000;

type HoldersOptions = {
  readonly db: Database;
  readonly workerId: string;
  readonly events: StoreEvents;
};

export function createHolders(options: HoldersOptions): Holders {
  return new HeldHere(options);
}

class HeldHere implements Holders {
  readonly #options: HoldersOptions;
  readonly #held = new Map<SessionKey, Held>();
  /** Take-overs of sessions that nobody has here, or not yet: the database told of the later one first. */
  readonly #early = new Map<SessionKey, Taken>();

  constructor(options: HoldersOptions) {
    this.#options = options;
  }

  hold(key: SessionKey, by: Held & { readonly remote: string }): void {
    const { id, generation, remote } = by;
    this.#lose(key, { generation, remote });
    this.#held.set(key, { id, generation });
    const early = this.#early.get(key);
    if (early === undefined) return;
    this.#early.delete(key);
    // Once the connection is there that is to end.
    setImmediate(() => this.#lose(key, early));
  }

  keep({ key, id, generation }: SessionHandle): void {
    if (this.#held.get(key)?.generation === generation) this.#held.set(key, { id, generation });
  }

  release({ key, generation }: Pick<SessionHandle, "key" | "generation">): void {
    if (this.#held.get(key)?.generation === generation) this.#held.delete(key);
  }

  listen(): () => Promise<void> {
    return listenMqtt(this.#options.db, {
      notice: (notice) => this.#hear(notice),
      missed: () => {
        // When it fails the connection that listens has failed too, and this is called again.
        this.#catchUp().catch(() => undefined);
      },
    });
  }

  #hear(notice: MqttNotice): void {
    const { workerId, events } = this.#options;
    switch (notice.k) {
      case "queue":
        if (notice.w === workerId) for (const id of notice.s) events.queued(BigInt(id));
        return;
      case "taken":
        if (notice.w !== workerId && notice.w !== "*") return;
        this.#hearTaken(notice.key, { generation: notice.g, remote: notice.from });
        return;
      case "ended":
        if (notice.w === workerId) this.#end(notice.key, notice.g);
        return;
    }
  }

  #hearTaken(key: SessionKey, by: Taken): void {
    if (this.#held.has(key)) {
      this.#lose(key, by);
      return;
    }
    this.#early.set(key, by);
    const oldest = this.#early.keys().next();
    if (this.#early.size > mostEarly && oldest.done !== true) this.#early.delete(oldest.value);
  }

  #lose(key: SessionKey, by: Taken): void {
    const mine = this.#held.get(key);
    if (mine === undefined || mine.generation >= by.generation) return;
    this.#held.delete(key);
    this.#options.events.takenOver(key, by);
  }

  #end(key: SessionKey, generation: number): void {
    const mine = this.#held.get(key);
    if (mine === undefined || mine.generation > generation) return;
    this.#held.delete(key);
    this.#options.events.ended(key);
  }

  /** Nobody knows what was told meanwhile: the database is asked who has the sessions of this worker. */
  async #catchUp(): Promise<void> {
    const kept = [...this.#held].flatMap(([key, { id, generation }]) =>
      id === undefined ? [] : [{ key, id, generation }],
    );
    if (kept.length === 0) return;
    const ids = kept.map(({ id }) => id);
    const generations = await findMqttHolders(this.#options.db, ids);
    for (const { key, id, generation } of kept) {
      const now = generations.get(id.toString());
      if (now === undefined) this.#end(key, generation);
      else if (now > generation) this.#lose(key, { generation: now, remote: "elsewhere" });
      else this.#options.events.queued(id);
    }
  }
}
