import { randomUUID } from "node:crypto";
import { pino } from "pino";
import {
  createPostgresSessionStore,
  type PostgresSessionStore,
  type StoreLimits,
} from "#server/broker/postgres-session-store.ts";
import { sessionKey, type Owner, type SessionKey } from "#server/broker/publication.ts";
import type {
  OpenedSession,
  OpenRequest,
  QueuedMessage,
  RouteChange,
  SessionHandle,
} from "#server/broker/session-store.ts";
import type { Subscription } from "#server/broker/subscription.ts";
import type { Database } from "#server/db/client.ts";
import { beatWorker, removeWorker } from "#server/db/beat-worker.ts";
import type { TestDatabase } from "#server/testing/database.ts";

/** A worker's session store with its heartbeat, and what it was told. */
export type StoreBench = PostgresSessionStore & {
  readonly workerId: string;
  /** The routes as told, by session key. */
  readonly routes: Map<SessionKey, Extract<RouteChange, { kind: "put" }>>;
  readonly told: string[];
  /** Stops it as a crash would: its heartbeat is old. */
  die(): Promise<void>;
};

/** Starts the store of one worker. */
export async function startStoreBench(
  db: Database,
  limits: Partial<StoreLimits> = {},
): Promise<StoreBench> {
  const workerId = randomUUID();
  const routes: StoreBench["routes"] = new Map();
  const told: string[] = [];
  await beatWorker(db, { id: workerId, host: "h", pid: 1, busPath: "", startedAt: new Date() });
  const store = createPostgresSessionStore({
    db,
    workerId,
    log: pino({ level: "silent" }),
    clock: Date.now,
    limits,
    events: {
      takenOver: (key, { remote }) => void told.push(`taken ${key} ${remote}`),
      queued: (id) => void told.push(`queued ${id}`),
      ended: (key) => void told.push(`ended ${key}`),
    },
    onRoutes: (changes) => {
      for (const change of changes) {
        if (change.kind === "put") routes.set(change.session.key, change);
        else routes.delete(change.key);
      }
    },
  });
  await store.start();
  return {
    ...store,
    get foreignVersion() {
      return store.foreignVersion;
    },
    workerId,
    routes,
    told,
    stop: async (drainMs) => {
      await store.stop(drainMs);
      await removeWorker(db, workerId);
    },
    die: async () => {
      await store.stop(0);
      await db.pool.query(
        "UPDATE worker_instance SET heartbeat_at = now() - interval '16 seconds' WHERE id = $1",
        [workerId],
      );
    },
  };
}

/** A service client's owner: no row of it is needed. */
export function serviceOwner(): Owner {
  return { kind: "service", serviceClientId: randomUUID() };
}

/** A CONNECT of a client that wants its session kept for an hour. */
export function openRequest(
  tenantId: string,
  owner: Owner,
  more: Partial<OpenRequest> = {},
): OpenRequest {
  return {
    tenantId,
    owner,
    clientId: "c",
    cleanStart: false,
    expirySeconds: 3600,
    will: undefined,
    remote: "192.0.2.1",
    ...more,
  };
}

/** The handle that the listener makes from what `open` answered. */
export function handleOf(request: OpenRequest, opened: OpenedSession): SessionHandle {
  const { tenantId, owner, clientId, expirySeconds } = request;
  const { id, generation } = opened;
  return {
    key: sessionKey(owner, clientId),
    tenantId,
    owner,
    clientId,
    id,
    generation,
    expirySeconds,
  };
}

export function subscription(filter: string, more: Partial<Subscription> = {}): Subscription {
  return {
    filter,
    qos: 1,
    noLocal: false,
    retainAsPublished: false,
    retainHandling: 0,
    identifier: undefined,
    ...more,
  };
}

export function queuedText(
  text: string,
  more: Partial<Omit<QueuedMessage, "seq" | "state" | "publication">> & {
    readonly expiresAt?: number;
  } = {},
): Omit<QueuedMessage, "seq" | "state"> {
  const { expiresAt, ...rest } = more;
  return {
    qos: 1,
    retain: false,
    identifiers: [],
    ...rest,
    publication: {
      topic: "t",
      payload: Buffer.from(text),
      forwarded: Buffer.alloc(0),
      expiresAt,
      receivedAt: 1_700_000_000_000.5,
    },
  };
}

/** Queues as the transaction of an ingest batch does. */
export async function enqueueAsBatch(
  database: Pick<TestDatabase, "ingest">,
  worker: { readonly workerId: string },
  to: { readonly tenantId: string; readonly sessionId: bigint },
  messages: readonly Omit<QueuedMessage, "seq" | "state">[],
): Promise<readonly (bigint | undefined)[]> {
  const publications = messages.map(({ publication }) => ({
    tenant: to.tenantId,
    topic: publication.topic,
    payload: publication.payload.toString("base64"),
    forwarded: publication.forwarded.toString("base64"),
    received_at: publication.receivedAt,
    expires_at: publication.expiresAt ?? null,
  }));
  const targets = messages.map(({ qos, retain, identifiers }, publication) => ({
    session: to.sessionId.toString(),
    publication,
    qos,
    retain,
    identifiers,
  }));
  const { rows } = await database.ingest.pool.query<{ seq: string }>(
    "SELECT coalesce(seq::text, '') AS seq FROM mqtt_enqueue($1::uuid, $2::json, $3::json) ORDER BY ordinal",
    [worker.workerId, JSON.stringify(publications), JSON.stringify(targets)],
  );
  return rows.map(({ seq }) => (seq === "" ? undefined : BigInt(seq)));
}
