import { Buffer } from "node:buffer";
import {
  sessionKey,
  type Owner,
  type Publication,
  type SessionKey,
} from "#server/broker/publication.ts";
import {
  neverExpires,
  type CloseRequest,
  type OpenedSession,
  type OpenRequest,
  type QueuedMessage,
  type RetainedMessage,
  type RouteChange,
  type SessionHandle,
  type SessionStore,
  type StoredWill,
  type StoreEvents,
} from "#server/broker/session-store.ts";
import type { Subscription } from "#server/broker/subscription.ts";
import type { InboundClaims } from "#server/ingest/inbound-claims.ts";
import type { InboundClaim } from "#server/pipeline/message.ts";

/** A message as a publisher's batch queues it. */
export type MessageToQueue = Omit<QueuedMessage, "seq" | "state">;

/** What is kept of a session, for a test to look at. */
export type KeptSession = {
  readonly id: bigint;
  readonly key: SessionKey;
  readonly tenantId: string;
  readonly generation: number;
  /** Undefined while the client is away. */
  readonly workerId: string | undefined;
  readonly expirySeconds: number;
  /** Epoch milliseconds; undefined while connected and for ever. */
  readonly expiresAt: number | undefined;
  readonly will: StoredWill | undefined;
  readonly willDueAt: Date | undefined;
  readonly subscriptions: readonly Subscription[];
  readonly queued: readonly QueuedMessage[];
  readonly inbound: readonly number[];
  readonly dropped: number;
};

/** A worker that shares the memory: what it is told. */
export type MemoryWorker = {
  readonly workerId?: string;
  readonly events?: Partial<StoreEvents>;
  /** Told before the call that changed something resolves. */
  readonly onRoutes?: (changes: readonly RouteChange[]) => void;
};

export type MemoryStoreOptions = MemoryWorker & {
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  /** Messages of a page. */
  readonly pageSize?: number;
  readonly maxQueuedMessages?: number;
  readonly maxQueuedBytes?: number;
};

/** Sessions in memory, with the hands of a publisher and the eyes of a test. */
export type MemorySessionStore = SessionStore & {
  /** Keeps a retained message; an empty payload deletes it. */
  retain(tenantId: string, message: RetainedMessage): void;
  /**
   * Queues as a publisher's batch does; undefined where the queue is full or the session is gone.
   * @param workerId of the batch: the session's own worker is not told, as it delivers itself
   */
  queue(
    sessionId: bigint,
    messages: readonly MessageToQueue[],
    workerId?: string,
  ): readonly (bigint | undefined)[];
  claimInbound(claim: InboundClaim, packetId: number): ReturnType<InboundClaims["take"]>;
  inspect(key: SessionKey): KeptSession | undefined;
  sessions(): readonly KeptSession[];
  /** Another worker on the same memory. */
  asWorker(worker: MemoryWorker): SessionStore;
};

type Row = {
  readonly id: bigint;
  readonly key: SessionKey;
  readonly tenantId: string;
  readonly owner: Owner;
  readonly clientId: string;
  generation: number;
  workerId: string | undefined;
  expirySeconds: number;
  expiresAt: number | undefined;
  will: StoredWill | undefined;
  willDueAt: Date | undefined;
  /** The session is over and only its will waits. */
  isEnded: boolean;
  readonly subscriptions: Map<string, Subscription>;
  readonly queue: Map<bigint, QueuedMessage>;
  readonly inbound: Set<number>;
  nextSeq: bigint;
  /** Everything before it may have been sent on an earlier connection. */
  sentBefore: bigint;
  queuedBytes: number;
  dropped: number;
};

type Holder = { readonly generation: number; readonly worker: Required<MemoryWorker> };

/** A session store that forgets with the process; otherwise it does what the one in PostgreSQL does. */
export function createMemorySessionStore(options: MemoryStoreOptions = {}): MemorySessionStore {
  const memory = new Memory(options);
  return {
    ...memory.storeOf(options),
    retain: (tenantId, message) => memory.retain(tenantId, message),
    queue: (sessionId, messages, workerId) => memory.queue(sessionId, messages, workerId),
    claimInbound: (claim, packetId) => memory.claimInbound(claim, packetId),
    inspect: (key) => {
      const row = memory.rows.get(key);
      return row === undefined ? undefined : kept(row);
    },
    sessions: () => [...memory.rows.values()].map(kept),
    asWorker: (worker) => memory.storeOf(worker),
  };
}

class Memory {
  readonly rows = new Map<SessionKey, Row>();
  readonly #holders = new Map<SessionKey, Holder>();
  readonly #retained = new Map<string, Map<string, RetainedMessage>>();
  readonly #workers: Required<MemoryWorker>[] = [];
  readonly #limits: Required<Omit<MemoryStoreOptions, keyof MemoryWorker>>;
  #lastId = 0n;
  #lastGeneration = 0;

  constructor(options: MemoryStoreOptions) {
    this.#limits = {
      clock: options.clock ?? Date.now,
      pageSize: options.pageSize ?? 200,
      maxQueuedMessages: options.maxQueuedMessages ?? 1000,
      maxQueuedBytes: options.maxQueuedBytes ?? 16 * 1024 * 1024,
    };
  }

  storeOf(partial: MemoryWorker): SessionStore {
    const worker: Required<MemoryWorker> = {
      workerId: partial.workerId ?? `worker-${this.#workers.length + 1}`,
      events: partial.events ?? {},
      onRoutes: partial.onRoutes ?? (() => undefined),
    };
    this.#workers.push(worker);
    return {
      open: async (request) => this.#open(worker, request),
      subscribe: async (handle, subscriptions) => {
        const isNew = this.#subscribe(worker, handle, subscriptions);
        return isNew === undefined ? undefined : { isNew };
      },
      unsubscribe: async (handle, filters) => this.#unsubscribe(handle, filters),
      enqueue: async (handle, messages) => {
        const row = this.#own(handle);
        return row === undefined
          ? messages.map(() => undefined)
          : this.queue(row.id, messages, worker.workerId);
      },
      page: async (handle, afterSeq) => {
        const row = this.#own(handle);
        return row === undefined ? { queued: [], more: false } : this.#page(row, afterSeq);
      },
      release: async (handle, seq) => this.#release(handle, seq),
      done: (handle, seqs) => this.#done(handle, seqs),
      forgetInbound: async (handle, packetId) => {
        const row = this.#own(handle);
        row?.inbound.delete(packetId);
        return row !== undefined || handle.id === undefined;
      },
      close: async (handle, request) => this.#close(handle, request),
      retained: async (tenantId, filter, limit) => this.#retainedFor(tenantId, filter, limit),
    };
  }

  #open(worker: Required<MemoryWorker>, request: OpenRequest): OpenedSession {
    const key = sessionKey(request.owner, request.clientId);
    this.#lastGeneration += 1;
    const generation = this.#lastGeneration;
    const found = this.rows.get(key);
    const isResumed = found !== undefined && !request.cleanStart && this.#isAlive(found);
    const orphanedWill = found === undefined ? undefined : this.#willDueAtOpen(found, isResumed);
    if (found !== undefined && !isResumed) this.#remove(found);
    const row = isResumed ? found : this.#rowFor(request);
    if (row !== undefined) this.#hold(row, { generation, worker, request });
    const previous = this.#holders.get(key);
    this.#holders.set(key, { generation, worker });
    previous?.worker.events.takenOver?.(key, { generation, remote: request.remote });
    return { generation, present: isResumed, orphanedWill, ...this.#contentOf(row) };
  }

  #contentOf(
    row: Row | undefined,
  ): Pick<OpenedSession, "id" | "subscriptions" | "inbound" | "queued" | "more" | "lastSeq"> {
    if (row === undefined) {
      return {
        id: undefined,
        subscriptions: [],
        inbound: [],
        queued: [],
        more: false,
        lastSeq: 0n,
      };
    }
    return {
      id: row.id,
      subscriptions: [...row.subscriptions.values()],
      inbound: [...row.inbound].sort((a, b) => a - b),
      ...this.#page(row, 0n),
      lastSeq: row.nextSeq - 1n,
    };
  }

  /** A session that ends with its connection has a row when a will is to survive the worker. */
  #rowFor(request: OpenRequest): Row | undefined {
    if (request.expirySeconds === 0 && request.will === undefined) return undefined;
    return this.#insert(request.tenantId, request.owner, request.clientId);
  }

  #hold(
    row: Row,
    by: {
      readonly generation: number;
      readonly worker: Required<MemoryWorker>;
      readonly request: OpenRequest;
    },
  ): void {
    if (row.workerId !== undefined) row.sentBefore = row.nextSeq;
    row.generation = by.generation;
    row.workerId = by.worker.workerId;
    row.expirySeconds = by.request.expirySeconds;
    row.expiresAt = undefined;
    row.will = by.request.will;
    row.willDueAt = undefined;
    for (const { seq, qos } of row.queue.values()) if (qos === 0) this.#drop(row, seq);
    this.#report(row);
  }

  /** The connection that has a session publishes its own will, unless a delay lets it leave that to whoever ends the session. */
  #willDueAtOpen(row: Row, isResumed: boolean): StoredWill | undefined {
    if (row.will === undefined) return undefined;
    if (row.workerId !== undefined) {
      return row.will.delaySeconds > 0 && !isResumed ? row.will : undefined;
    }
    if (row.willDueAt === undefined) return undefined;
    return !isResumed || row.willDueAt.getTime() <= this.#limits.clock() ? row.will : undefined;
  }

  #isAlive(row: Row): boolean {
    // A session without expiry ends with its connection, also when that is taken over.
    if (row.isEnded || row.expirySeconds === 0) return false;
    return row.expiresAt === undefined || row.expiresAt > this.#limits.clock();
  }

  #insert(tenantId: string, owner: Owner, clientId: string): Row {
    this.#lastId += 1n;
    const row: Row = {
      id: this.#lastId,
      key: sessionKey(owner, clientId),
      tenantId,
      owner,
      clientId,
      generation: 0,
      workerId: undefined,
      expirySeconds: 0,
      expiresAt: undefined,
      will: undefined,
      willDueAt: undefined,
      isEnded: false,
      subscriptions: new Map(),
      queue: new Map(),
      inbound: new Set(),
      nextSeq: 1n,
      sentBefore: 1n,
      queuedBytes: 0,
      dropped: 0,
    };
    this.rows.set(row.key, row);
    return row;
  }

  #remove(row: Row): void {
    this.rows.delete(row.key);
    if (row.subscriptions.size === 0) return;
    this.#tellRoutes({ kind: "remove", key: row.key, tenantId: row.tenantId });
  }

  /** The row, if the handle's connection still has the session. */
  #own(handle: SessionHandle): Row | undefined {
    if (handle.id === undefined) return undefined;
    const row = this.rows.get(handle.key);
    return row?.id === handle.id && row.generation === handle.generation && !row.isEnded
      ? row
      : undefined;
  }

  #subscribe(
    worker: Required<MemoryWorker>,
    handle: SessionHandle,
    subscriptions: readonly Subscription[],
  ): readonly boolean[] | undefined {
    const row = handle.id === undefined ? this.#makeRow(worker, handle) : this.#own(handle);
    if (row === undefined) return undefined;
    handle.id = row.id;
    const isNew = subscriptions.map((subscription) => {
      const before = row.subscriptions.has(subscription.filter);
      row.subscriptions.set(subscription.filter, subscription);
      return !before;
    });
    this.#report(row);
    return isNew;
  }

  #makeRow(worker: Required<MemoryWorker>, handle: SessionHandle): Row | undefined {
    const found = this.rows.get(handle.key);
    if (found !== undefined && found.generation > handle.generation) return undefined;
    if (found?.generation === handle.generation) return found;
    if (found !== undefined) this.#remove(found);
    const row = this.#insert(handle.tenantId, handle.owner, handle.clientId);
    row.generation = handle.generation;
    row.workerId = worker.workerId;
    row.expirySeconds = handle.expirySeconds;
    return row;
  }

  #unsubscribe(handle: SessionHandle, filters: readonly string[]): readonly boolean[] | undefined {
    const row = this.#own(handle);
    if (row === undefined) return handle.id === undefined ? filters.map(() => false) : undefined;
    const had = filters.map((filter) => row.subscriptions.delete(filter));
    if (!had.includes(true)) return had;
    if (row.subscriptions.size > 0) this.#report(row);
    else this.#tellRoutes({ kind: "remove", key: row.key, tenantId: row.tenantId });
    return had;
  }

  queue(
    sessionId: bigint,
    messages: readonly MessageToQueue[],
    by: string | undefined,
  ): readonly (bigint | undefined)[] {
    const row = [...this.rows.values()].find(({ id, isEnded }) => id === sessionId && !isEnded);
    if (row === undefined) return messages.map(() => undefined);
    let isFull = false;
    const seqs = messages.map((message) => {
      if (message.qos === 0 && row.workerId === undefined) return undefined;
      const seq = isFull ? undefined : this.#queueOne(row, message);
      if (seq === undefined) row.dropped += 1;
      isFull = seq === undefined;
      return seq;
    });
    const worker = this.#workers.find(({ workerId }) => workerId === row.workerId);
    if (worker !== undefined && worker.workerId !== by) worker.events.queued?.(row.id);
    return seqs;
  }

  #queueOne(row: Row, message: MessageToQueue): bigint | undefined {
    const bytes = row.queuedBytes + sizeOf(message.publication);
    const { maxQueuedMessages, maxQueuedBytes } = this.#limits;
    if (row.queue.size >= maxQueuedMessages || bytes > maxQueuedBytes) return undefined;
    const seq = row.nextSeq;
    row.nextSeq += 1n;
    row.queuedBytes = bytes;
    row.queue.set(seq, { ...message, seq, state: "waiting" });
    return seq;
  }

  #page(
    row: Row,
    afterSeq: bigint,
  ): { readonly queued: readonly QueuedMessage[]; readonly more: boolean } {
    const rest = [...row.queue.values()].filter(({ seq }) => seq > afterSeq);
    const queued = rest.slice(0, this.#limits.pageSize).map((message): QueuedMessage => {
      if (message.state === "released") return message;
      return { ...message, state: message.seq < row.sentBefore ? "maybe-sent" : "waiting" };
    });
    return { queued, more: rest.length > queued.length };
  }

  #release(handle: SessionHandle, seq: bigint): boolean {
    const row = this.#own(handle);
    const message = row?.queue.get(seq);
    if (message !== undefined) row?.queue.set(seq, { ...message, state: "released" });
    return row !== undefined || handle.id === undefined;
  }

  #done(handle: SessionHandle, seqs: readonly bigint[]): void {
    const row = this.#own(handle);
    if (row !== undefined) for (const seq of seqs) this.#drop(row, seq);
  }

  #drop(row: Row, seq: bigint): void {
    const message = row.queue.get(seq);
    if (message === undefined) return;
    row.queuedBytes -= sizeOf(message.publication);
    row.queue.delete(seq);
  }

  claimInbound(
    { sessionId, generation }: InboundClaim,
    packetId: number,
  ): ReturnType<InboundClaims["take"]> {
    const row = [...this.rows.values()].find(({ id, isEnded }) => id === sessionId && !isEnded);
    if (row === undefined) return "new";
    if (row.generation !== generation) return "superseded";
    const before = row.inbound.size;
    return row.inbound.add(packetId).size > before ? "new" : "repeated";
  }

  #close(handle: SessionHandle, request: CloseRequest): void {
    if (this.#holders.get(handle.key)?.generation === handle.generation) {
      this.#holders.delete(handle.key);
    }
    const row = this.#own(handle);
    if (row === undefined) return;
    const { expirySeconds, willDueAt } = request;
    const isOver = expirySeconds === 0;
    if (isOver && willDueAt === undefined) {
      this.#remove(row);
      return;
    }
    const now = this.#limits.clock();
    const before = request.sentThrough === undefined ? row.nextSeq : request.sentThrough + 1n;
    if (before > row.sentBefore) row.sentBefore = before;
    row.workerId = undefined;
    row.expirySeconds = expirySeconds;
    row.expiresAt = expirySeconds === neverExpires ? undefined : now + expirySeconds * 1000;
    row.willDueAt = willDueAt;
    if (willDueAt === undefined) row.will = undefined;
    if (isOver) this.#end(row);
    else this.#report(row);
  }

  /** Keeps nothing but the will. */
  #end(row: Row): void {
    row.isEnded = true;
    const now = new Date(this.#limits.clock());
    if (row.willDueAt !== undefined && row.willDueAt > now) row.willDueAt = now;
    if (row.subscriptions.size > 0) {
      this.#tellRoutes({ kind: "remove", key: row.key, tenantId: row.tenantId });
    }
    row.subscriptions.clear();
    row.queue.clear();
    row.inbound.clear();
  }

  retain(tenantId: string, message: RetainedMessage): void {
    let topics = this.#retained.get(tenantId);
    if (topics === undefined) {
      topics = new Map();
      this.#retained.set(tenantId, topics);
    }
    if (message.payload.length === 0) topics.delete(message.topic);
    else topics.set(message.topic, message);
  }

  #retainedFor(tenantId: string, filter: string, limit: number): readonly RetainedMessage[] {
    const now = this.#limits.clock();
    return [...(this.#retained.get(tenantId)?.values() ?? [])]
      .filter(({ topic, expiresAt }) => selects(filter, topic) && (expiresAt ?? Infinity) > now)
      .sort((a, b) => Buffer.compare(Buffer.from(a.topic), Buffer.from(b.topic)))
      .slice(0, limit);
  }

  /** Sessions without subscriptions do not concern those who route. */
  #report(row: Row): void {
    if (row.subscriptions.size === 0) return;
    const { key, tenantId, id, workerId } = row;
    this.#tellRoutes({
      kind: "put",
      session: { key, tenantId, id, workerId, keepsMessages: row.expirySeconds > 0 },
      subscriptions: [...row.subscriptions.values()],
    });
  }

  #tellRoutes(change: RouteChange): void {
    for (const worker of this.#workers) worker.onRoutes([change]);
  }
}

function kept(row: Row): KeptSession {
  return {
    ...row,
    subscriptions: [...row.subscriptions.values()],
    queued: [...row.queue.values()],
    inbound: [...row.inbound].sort((a, b) => a - b),
  };
}

function sizeOf(publication: Pick<Publication, "topic" | "payload" | "forwarded">): number {
  const { topic, payload, forwarded } = publication;
  return payload.length + forwarded.length + Buffer.byteLength(topic);
}

/** Written from the standard, level by level, and slowly: what others are compared with (§4.7). */
function selects(filter: string, topic: string): boolean {
  const levels = topic.split("/");
  const wanted = filter.split("/");
  // [MQTT-4.7.2-1]
  if (topic.startsWith("$") && (wanted[0] === "#" || wanted[0] === "+")) return false;
  for (const [index, level] of wanted.entries()) {
    if (level === "#") return true;
    if (index >= levels.length || (level !== "+" && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}
