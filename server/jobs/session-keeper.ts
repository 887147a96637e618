import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { PostgresSessionStore } from "#server/broker/postgres-session-store.ts";
import type { SessionKey } from "#server/broker/publication.ts";
import type { StoredWill } from "#server/broker/session-store.ts";
import type { Database } from "#server/db/client.ts";
import { settleWill, takeDueWills, type DueWillRow } from "#server/db/mqtt-due-wills.ts";
import { mqttSweepIsDue } from "#server/db/mqtt-sweep-is-due.ts";
import { createSteadiness, type Steadiness } from "#server/jobs/steadiness.ts";
import type { DeviceState } from "#server/domain/device-state.ts";

/** A will whose time has come: its delay is over, or its worker died. */
export type DueWill = {
  readonly sessionKey: SessionKey;
  readonly tenantId: string;
  readonly clientId: string;
  readonly sender:
    | {
        readonly kind: "device";
        readonly device: {
          readonly tenantId: string;
          readonly deviceKey: bigint;
          readonly id: string;
          readonly deviceId: string;
          readonly profileId: string;
        };
        readonly state: DeviceState;
      }
    | { readonly kind: "service"; readonly serviceClientId: string };
  readonly will: StoredWill;
};

export type SessionKeeperOptions = {
  readonly store: Pick<PostgresSessionStore, "sweep" | "sweepOwners" | "catchUp">;
  /** Connections of the ingest role. */
  readonly db: Database;
  readonly workerId: string;
  readonly log: Logger;
  /** Resolves when the will is stored, or may not be published any more; then it is forgotten. */
  readonly publishWill: (due: DueWill) => Promise<void>;
  readonly everyMs?: number;
  /** For how long the database must have answered before silent workers count as dead. */
  readonly patienceMs?: number;
};

const secondMs = 1000;
/** Three heartbeats of another worker. */
const patienceMs = 15_000;
const gapMs = 5000;
/** A round that waits for the database is left behind when the worker stops. */
const stopWithinMs = 1000;
const ownersEveryMs = 60_000;
const queuesEveryMs = 10_000;
const willsAtATime = 100;

/**
 * Keeps sessions tidy, on every worker, each second: ends what expired and what dead workers left,
 * publishes wills that are due (each by one worker; at least once should that one die), and hears
 * what other workers changed in the routes even when no message asks. While the database is away
 * it tries again. Start it after the heartbeat, stop it before the pipeline and the store.
 * @returns a function that waits a moment for the round in progress and ends
 */
export function startSessionKeeper(options: SessionKeeperOptions): () => Promise<void> {
  const everyMs = options.everyMs ?? secondMs;
  const steadiness = createSteadiness({ gapMs, patienceMs: options.patienceMs ?? patienceMs });
  const stopping = new AbortController();
  const { signal } = stopping;
  let round: Promise<void> | undefined;
  let ownersAt = 0;
  let queuesAt = 0;
  const timer = setInterval(() => {
    ownersAt -= everyMs;
    const withOwners = ownersAt <= 0;
    if (withOwners) ownersAt = ownersEveryMs;
    queuesAt -= everyMs;
    const withQueues = queuesAt <= 0;
    if (withQueues) queuesAt = queuesEveryMs;
    round ??= keepOnce(options, { withOwners, withQueues, steadiness, signal }).finally(() => {
      round = undefined;
    });
  }, everyMs);
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await Promise.race([round, sleep(stopWithinMs, undefined, { ref: false })]);
  };
}

type Round = {
  readonly withOwners: boolean;
  readonly withQueues: boolean;
  readonly steadiness: Steadiness;
  readonly signal: AbortSignal;
};

async function keepOnce(
  options: SessionKeeperOptions,
  { withOwners, withQueues, steadiness, signal }: Round,
): Promise<void> {
  const { store, db, workerId, log } = options;
  try {
    const withLost = steadiness.isSteady(Date.now());
    const sweep = { withLost, withQueues };
    const isDue = await mqttSweepIsDue(db, { workerId, ...sweep });
    steadiness.answered(Date.now());
    if (isDue) log.debug({ event: "sessions.swept", ...(await store.sweep(sweep)) });
    if (withOwners) await store.sweepOwners();
    await store.catchUp();
    if (!signal.aborted) await publishDueWills(options);
  } catch (error) {
    log.debug({ event: "sessions.not_kept", err: error });
  }
}

/** @returns how many were published */
export async function publishDueWills(
  options: Pick<SessionKeeperOptions, "db" | "log" | "publishWill">,
): Promise<number> {
  const { db, log, publishWill } = options;
  const rows = await takeDueWills(db, willsAtATime);
  const published = rows.map(async (row) => {
    try {
      await publishWill(dueWillOf(row));
      await settleWill(db, row);
    } catch (error) {
      log.warn({ event: "will.not_published", sessionKey: row.sessionKey, err: error });
    }
  });
  await Promise.all(published);
  return rows.length;
}

function dueWillOf(row: DueWillRow): DueWill {
  const { sessionKey, tenantId, clientId, topic, payload, forwarded, qos, retain } = row;
  return {
    sessionKey,
    tenantId,
    clientId,
    sender: senderOf(row),
    will: {
      topic,
      payload,
      forwarded,
      qos,
      retain,
      messageExpirySeconds:
        row.messageExpirySeconds === null ? undefined : Number(row.messageExpirySeconds),
      delaySeconds: Number(row.delaySeconds),
    },
  };
}

/** The foreign key of the session makes sure that its device exists. */
function senderOf(row: DueWillRow): DueWill["sender"] {
  const { tenantId, deviceKey, deviceUuid: id, deviceId, profileId, deviceState: state } = row;
  if (row.serviceClientId !== null) {
    return { kind: "service", serviceClientId: row.serviceClientId };
  }
  if (
    deviceKey === null ||
    id === null ||
    deviceId === null ||
    profileId === null ||
    state === null
  ) {
    throw new Error(`Session ${row.sessionKey} has a will and no owner.`);
  }
  const device = { tenantId, deviceKey: BigInt(deviceKey), id, deviceId, profileId };
  return { kind: "device", device, state };
}
