import { randomUUID } from "node:crypto";
import type pg from "pg";
import { pino } from "pino";
import { createRoutes, type Routes } from "#server/broker/routes.ts";
import type { Qos } from "#server/broker/publication.ts";
import type { InboundClaim } from "#server/pipeline/message.ts";

/** What a connection was handed. */
export type Delivered = {
  readonly key: string;
  readonly topic: string;
  readonly text: string;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly seq: bigint | undefined;
};

/** Real routes in front of connections that only note what they are handed. */
export type TestSubscribers = {
  readonly workerId: string;
  readonly routes: Routes;
  readonly delivered: Delivered[];
  /** Sessions that were told to read from the database. */
  readonly woken: string[];
  /** What this worker knows of the others; set by tests. */
  readonly sync: { foreignVersion: bigint; catchUps: number; catchUp: () => Promise<void> };
  /** Adds a session that is connected here; one that keeps messages has a row. @returns its key */
  add(session: {
    readonly tenantId: string;
    readonly filter: string;
    readonly keeps: boolean;
    readonly qos?: Qos;
    readonly maxQueued?: number;
  }): Promise<string>;
  /** Texts that wait in the queue of a session. */
  queueOf(key: string): Promise<readonly string[]>;
  sessionId(key: string): bigint;
  /** As a QoS 2 publication of the session's connection claims its packet identifier. */
  claimOf(key: string): Promise<InboundClaim>;
};

/** @param owner the database's owner, who may write any row */
export function createSubscribers(owner: pg.Client): TestSubscribers {
  const workerId = randomUUID();
  const delivered: Delivered[] = [];
  const woken: string[] = [];
  const ids = new Map<string, bigint>();
  const sync: TestSubscribers["sync"] = {
    foreignVersion: 0n,
    catchUps: 0,
    catchUp: () => {
      sync.catchUps += 1;
      return Promise.resolve();
    },
  };
  const routes = createRoutes({
    workerId,
    sync: {
      get foreignVersion() {
        return sync.foreignVersion;
      },
      catchUp: () => sync.catchUp(),
    },
    local: {
      deliver: (key, { publication, qos, retain, seq }) => {
        const { topic, payload } = publication;
        delivered.push({ key, topic, text: payload.toString(), qos, retain, seq });
      },
      wake: (key) => woken.push(key),
    },
    log: pino({ level: "silent" }),
  });
  return {
    workerId,
    routes,
    delivered,
    woken,
    sync,
    sessionId: (key) => {
      const id = ids.get(key);
      if (id === undefined) throw new Error(`${key} has no row.`);
      return id;
    },
    claimOf: async (key) => {
      const sessionId = ids.get(key) ?? 0n;
      const { rows } = await owner.query<{ generation: string }>(
        "SELECT generation FROM mqtt_session WHERE id = $1",
        [sessionId.toString()],
      );
      return { sessionId, generation: Number(rows[0]?.generation) };
    },
    queueOf: async (key) => {
      const { rows } = await owner.query<{ text: string }>(
        "SELECT convert_from(payload, 'UTF8') AS text FROM mqtt_queued_message WHERE session_id = $1 ORDER BY seq",
        [ids.get(key)?.toString()],
      );
      return rows.map(({ text }) => text);
    },
    add: async ({ tenantId, filter, keeps, qos = 2, maxQueued = 100_000 }) => {
      const serviceClientId = randomUUID();
      const key = `s:${serviceClientId}:test`;
      const row = { tenantId, key, serviceClientId, workerId, maxQueued };
      const id = keeps ? await insertSession(owner, row) : undefined;
      if (id !== undefined) ids.set(key, id);
      routes.apply([
        {
          kind: "put",
          session: { key, tenantId, id, keepsMessages: keeps, workerId },
          subscriptions: [
            {
              filter,
              qos,
              noLocal: false,
              retainAsPublished: true,
              retainHandling: 0,
              identifier: undefined,
            },
          ],
        },
      ]);
      return key;
    },
  };
}

async function insertSession(
  owner: pg.Client,
  row: {
    readonly tenantId: string;
    readonly key: string;
    readonly serviceClientId: string;
    readonly workerId: string;
    readonly maxQueued: number;
  },
): Promise<bigint> {
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO mqtt_session (tenant_id, session_key, owner_kind, service_client_id, client_id, generation, worker_id,
       connected_at, expiry_seconds, max_queued_count)
     VALUES ($1, $2, 'service', $3, 'test', nextval('mqtt_generation'), $4, now(), 3600, $5) RETURNING id::text`,
    [row.tenantId, row.key, row.serviceClientId, row.workerId, row.maxQueued],
  );
  return BigInt(rows[0]?.id ?? "0");
}
