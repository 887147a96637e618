import type { Logger } from "pino";
import type { RouteSync } from "#server/broker/routes.ts";
import { createHolders, type Holders } from "#server/broker/session-holders.ts";
import { createSessionBatcher, type SessionBatcher } from "#server/broker/session-batcher.ts";
import {
  decodeOpen,
  decodeOpened,
  decodePage,
  decodeRoute,
  decodeVersions,
  emptyPage,
  encodeEnqueue,
  encodeOpen,
  encodeSubscribe,
} from "#server/broker/session-codec.ts";
import { createSessionReader, type SessionReader } from "#server/broker/session-reader.ts";
import { sessionKey } from "#server/broker/publication.ts";
import type {
  OpenedSession,
  OpenRequest,
  RouteChange,
  SessionHandle,
  SessionStore,
  StoreEvents,
} from "#server/broker/session-store.ts";
import type { Database } from "#server/db/client.ts";
import { findRetained } from "#server/db/mqtt-find-retained.ts";
import { loadMqttRoutes } from "#server/db/mqtt-load-routes.ts";
import { readMqttPage } from "#server/db/mqtt-read-page.ts";

export type StoreLimits = {
  /** Calls that wait for the database; above it `open` is refused. */
  readonly maxWaiting: number;
  /** After so long `open` gives up. */
  readonly openTimeoutMs: number;
  /** Of a page of a queue. */
  readonly pageMessages: number;
  readonly pageBytes: number;
  /** Of what is retained, in one answer. */
  readonly retainedBytes: number;
};

const defaultLimits: StoreLimits = {
  maxWaiting: 20_000,
  openTimeoutMs: 5000,
  pageMessages: 200,
  pageBytes: 1024 * 1024,
  retainedBytes: 64 * 1024 * 1024,
};

export type PostgresSessionStoreOptions = {
  /** Connections of the ingest role: one is kept for writing, one for listening, two read at most. */
  readonly db: Database;
  /** Registered by its heartbeat before {@link PostgresSessionStore.start}, else others think it dead. */
  readonly workerId: string;
  readonly log: Logger;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly events: StoreEvents;
  /** Told what changes in the routes: own changes after their commit and before the call resolves. */
  readonly onRoutes: (changes: readonly RouteChange[]) => void;
  readonly limits?: Partial<StoreLimits>;
};

/** What the sweeps did. */
export type SweepResult = Readonly<Record<string, number>>;

export type PostgresSessionStore = SessionStore &
  RouteSync & {
    /**
     * Reads all sessions that are routed to, and listens to the other workers from here on.
     * @throws what the database throws
     */
    start(): Promise<void>;
    /**
     * Ends what is past its time; cheap when there is nothing.
     * @param what.withLost also what silent workers left
     * @param what.withQueues also messages that expired in queues
     */
    sweep(what: { readonly withLost: boolean; readonly withQueues: boolean }): Promise<SweepResult>;
    /** Ends sessions whose owner is no more; forgets workers that are long gone. */
    sweepOwners(): Promise<SweepResult>;
    /** Commits what was asked, for as long as `drainMs`; what waits then rejects. */
    stop(drainMs: number): Promise<void>;
  };

/** Sessions in PostgreSQL, shared by all workers. */
export function createPostgresSessionStore(
  options: PostgresSessionStoreOptions,
): PostgresSessionStore {
  const limits = { ...defaultLimits, ...options.limits };
  const { db, workerId, log, clock, onRoutes } = options;
  const batcher = createSessionBatcher({
    db,
    workerId,
    log,
    clock,
    onRoutes: (changes) => guarded(log, () => onRoutes(changes)),
  });
  const events: StoreEvents = {
    takenOver: (key, by) => guarded(log, () => options.events.takenOver(key, by)),
    queued: (sessionId) => guarded(log, () => options.events.queued(sessionId)),
    ended: (key) => guarded(log, () => options.events.ended(key)),
  };
  const holders = createHolders({ db, workerId, events });
  const store = new Store({ options, limits, batcher, holders });
  return {
    open: (request) => store.open(request),
    subscribe: (handle, subscriptions) => store.subscribe(handle, subscriptions),
    unsubscribe: (handle, filters) => store.unsubscribe(handle, filters),
    enqueue: (handle, messages) => store.enqueue(handle, messages),
    page: (handle, afterSeq) => store.page(handle, afterSeq),
    release: (handle, seq) => store.change(handle, () => ({ op: "release", seq: seq.toString() })),
    done: (handle, seqs) => store.done(handle, seqs),
    forgetInbound: (handle, packetId) =>
      store.change(handle, () => ({ op: "forgetInbound", packetId })),
    close: (handle, request) => store.close(handle, request),
    retained: (tenantId, filter, limit) => store.retained(tenantId, filter, limit),
    get foreignVersion() {
      return batcher.versions.sum;
    },
    catchUp: () => batcher.catchUp(),
    start: () => store.start(),
    sweep: (what) => store.sweep({ op: "sweep", ...what }),
    sweepOwners: () => store.sweep({ op: "sweepOwners" }),
    stop: (drainMs) => store.stop(drainMs),
  };
}

/** A subscriber's trouble must not be taken for the database's. */
function guarded(log: Logger, tell: () => void): void {
  try {
    tell();
  } catch (error) {
    log.error({ event: "sessions.listener_failed", err: error });
  }
}

type Parts = {
  readonly options: PostgresSessionStoreOptions;
  readonly limits: StoreLimits;
  readonly batcher: SessionBatcher;
  readonly holders: Holders;
};

const sweepAtMost = 500;

class Store {
  readonly #parts: Parts;
  readonly #reader: SessionReader;
  /** Handles whose row is being made. */
  readonly #making = new Map<SessionHandle, number>();
  /** What `done` has gathered for the next transaction. */
  readonly #done = new Map<SessionHandle, bigint[]>();
  #stopListening: (() => Promise<void>) | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#reader = createSessionReader();
  }

  async start(): Promise<void> {
    const { options, batcher, holders } = this.#parts;
    const versions = await loadMqttRoutes(options.db, options.workerId, (routes) => {
      const changes = routes.map(decodeRoute).filter(({ kind }) => kind === "put");
      if (changes.length > 0) options.onRoutes(changes);
    });
    batcher.versions = decodeVersions(versions);
    this.#stopListening = holders.listen();
  }

  async stop(drainMs: number): Promise<void> {
    await this.#parts.batcher.stop(drainMs);
    this.#reader.stop();
    await this.#stopListening?.();
  }

  async open(request: OpenRequest): Promise<OpenedSession> {
    const { batcher, holders, limits } = this.#parts;
    const key = sessionKey(request.owner, request.clientId);
    if (Buffer.byteLength(key) > 1200)
      throw new Error("A client id is longer than sessions are kept for.");
    if (batcher.waiting >= limits.maxWaiting)
      throw new Error("Too many sessions wait for the database.");
    return new Promise((resolve, reject) => {
      let hasGivenUp = false;
      const operation = {
        opens: key,
        encode: () => encodeOpen(key, request),
        fail: (error: Error) => {
          clearTimeout(timer);
          reject(error);
        },
        settle: (answer: unknown, held: unknown) => {
          clearTimeout(timer);
          const { id, generation, present, orphanedWill } = decodeOpen(answer);
          if (hasGivenUp) {
            // An older connection here has lost the session all the same.
            holders.hold(key, { id, generation, remote: request.remote });
            holders.release({ key, generation });
            this.#leave(key, generation, request.expirySeconds);
            return;
          }
          holders.hold(key, { id, generation, remote: request.remote });
          const opened = held === undefined ? undefined : decodeOpened(held);
          const { queued, more } = opened?.page ?? emptyPage;
          const subscriptions = opened?.subscriptions ?? [];
          const inbound = opened?.inbound ?? [];
          const lastSeq = opened?.lastSeq ?? 0n;
          resolve({
            id,
            generation,
            present,
            orphanedWill,
            subscriptions,
            inbound,
            queued,
            more,
            lastSeq,
          });
        },
      };
      const timer = setTimeout(() => {
        hasGivenUp = true;
        batcher.withdraw(operation);
        reject(new Error("The database did not open the session in time."));
      }, limits.openTimeoutMs);
      batcher.submit(operation);
    });
  }

  /** The database opened a session when its client had been refused. */
  #leave(key: string, generation: number, expiry: number): void {
    this.#parts.batcher.submit({
      encode: () => ({ op: "close", key, generation, expiry }),
      settle: () => undefined,
      fail: () => undefined,
    });
  }

  async subscribe(
    handle: SessionHandle,
    subscriptions: Parameters<SessionStore["subscribe"]>[1],
  ): ReturnType<SessionStore["subscribe"]> {
    this.#making.set(handle, (this.#making.get(handle) ?? 0) + 1);
    try {
      const answer = await this.#call(
        () => encodeSubscribe(handle, subscriptions, handle.id === undefined),
        (made) => {
          const { id } = made as { readonly id: string | null };
          if (id === null) return;
          handle.id = BigInt(id);
          this.#parts.holders.keep(handle);
        },
      );
      const { id, isNew } = answer as {
        readonly id: string | null;
        readonly isNew: readonly boolean[];
      };
      return id === null ? undefined : { isNew };
    } finally {
      const left = (this.#making.get(handle) ?? 1) - 1;
      if (left === 0) this.#making.delete(handle);
      else this.#making.set(handle, left);
    }
  }

  async unsubscribe(
    handle: SessionHandle,
    filters: readonly string[],
  ): Promise<readonly boolean[] | undefined> {
    const { key, generation } = handle;
    const answer = await this.#callOfRow(handle, () => ({
      op: "unsubscribe",
      key,
      generation,
      filters,
    }));
    if (answer === undefined) return filters.map(() => false);
    return (answer as readonly boolean[] | null) ?? undefined;
  }

  async enqueue(
    handle: SessionHandle,
    messages: Parameters<SessionStore["enqueue"]>[1],
  ): Promise<readonly (bigint | undefined)[]> {
    if (messages.length === 0) return [];
    const answer = await this.#callOfRow(handle, () => encodeEnqueue(handle, messages));
    if (answer === undefined) return messages.map(() => undefined);
    return (answer as readonly (string | null)[]).map((seq) =>
      seq === null ? undefined : BigInt(seq),
    );
  }

  /** @returns whether the session is this connection's, also when nothing of it is kept */
  async change(handle: SessionHandle, encode: () => object): Promise<boolean> {
    const { key, generation } = handle;
    const answer = await this.#callOfRow(handle, () => ({ ...encode(), key, generation }));
    return answer === undefined || answer === true;
  }

  done(handle: SessionHandle, seqs: readonly bigint[]): void {
    if (handle.id === undefined || seqs.length === 0) return;
    const gathered = this.#done.get(handle);
    if (gathered !== undefined) {
      gathered.push(...seqs);
      return;
    }
    this.#done.set(handle, [...seqs]);
    const { log } = this.#parts.options;
    this.#parts.batcher.submit({
      isLazy: true,
      encode: () => {
        const all = this.#done.get(handle) ?? [];
        this.#done.delete(handle);
        const { key, generation } = handle;
        return { op: "done", key, generation, seqs: all.map(String) };
      },
      settle: () => undefined,
      fail: (error) => {
        this.#done.delete(handle);
        log.warn({ event: "sessions.not_done", err: error });
      },
    });
  }

  async close(handle: SessionHandle, request: Parameters<SessionStore["close"]>[1]): Promise<void> {
    this.#parts.holders.release(handle);
    const { key, generation } = handle;
    await this.#callOfRow(handle, () => ({
      op: "close",
      key,
      generation,
      expiry: request.expirySeconds,
      due: request.willDueAt?.getTime() ?? null,
      sent: request.sentThrough?.toString() ?? null,
    }));
  }

  async page(handle: SessionHandle, afterSeq: bigint): ReturnType<SessionStore["page"]> {
    const { id: sessionId, generation } = handle;
    if (sessionId === undefined) return emptyPage;
    const { options, limits } = this.#parts;
    const at = {
      sessionId,
      generation,
      afterSeq,
      most: limits.pageMessages,
      mostBytes: limits.pageBytes,
    };
    const page = await this.#reader.read(() => readMqttPage(options.db, at));
    return page === undefined ? emptyPage : decodePage(page);
  }

  async retained(
    tenantId: string,
    filter: string,
    limit: number,
  ): ReturnType<SessionStore["retained"]> {
    const { options, limits } = this.#parts;
    const wanted = { tenantId, filter, limit, mostBytes: limits.retainedBytes };
    const rows = await this.#reader.read(() => findRetained(options.db, wanted));
    return rows.map(({ expiresAt, ...row }) => ({ ...row, expiresAt: expiresAt ?? undefined }));
  }

  async sweep(what: object): Promise<SweepResult> {
    return (await this.#call(() => ({ ...what, most: sweepAtMost }))) as SweepResult;
  }

  /** Nothing is asked for a session of which nothing is kept, unless its row is being made. */
  #callOfRow(handle: SessionHandle, encode: () => object): Promise<unknown> {
    if (handle.id === undefined && !this.#making.has(handle)) return Promise.resolve(undefined);
    return this.#call(encode);
  }

  #call(encode: () => object, settled?: (answer: unknown) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#parts.batcher.submit({
        encode,
        settle: (answer) => {
          settled?.(answer);
          resolve(answer);
        },
        fail: reject,
      });
    });
  }
}
