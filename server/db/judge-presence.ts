import type pg from "pg";
import type { Database } from "#server/db/client.ts";
import {
  readPresenceFacts,
  type JudgedDevice,
  type PresenceKey,
} from "#server/db/presence-facts.ts";
import { writePresences, type JudgedPresence } from "#server/db/write-presences.ts";
import {
  judgePresenceOf,
  type PresenceJudgement,
  type ServerPause,
} from "#server/domain/judge-presence.ts";
import type { Presence, PresenceCause } from "#server/domain/presence.ts";

/** That a device is otherwise than before. */
export type PresenceChange = PresenceKey & {
  readonly presence: Presence;
  readonly cause: PresenceCause;
  /** Epoch milliseconds. */
  readonly since: number;
};

export type JudgeResult = {
  readonly judged: number;
  readonly changes: readonly PresenceChange[];
  /** There was more than was taken. */
  readonly isBehind: boolean;
};

const overdue: readonly Presence[] = ["late", "silent", "stranded"];
const atOnce = 5_000;
/** 400 000 devices in one call; who is behind calls again. */
const mostRounds = 80;

/**
 * Judges the devices that are due, those of which something was noted, those that are named, and
 * those behind gateways that changed by it (ingest role). Several may call it at the same time: a
 * device that one judges the others leave to it.
 * @param at.now by the clock of the database
 */
export async function judgePresence(
  db: Database,
  at: {
    readonly now: Date;
    readonly deviceKeys?: readonly bigint[];
    readonly pause?: ServerPause | null;
  },
): Promise<JudgeResult> {
  const now = at.now.getTime();
  const pause = at.pause ?? null;
  if (at.deviceKeys !== undefined) await hint(db, at.deviceKeys);
  await spreadProfiles(db);
  const changes: PresenceChange[] = [];
  let judged = 0;
  for (let round = 0; round < mostRounds; round += 1) {
    const done = await judgeSome(db, { now, pause });
    judged += done.judged;
    changes.push(...done.changes);
    if (done.judged === 0) return { judged, changes, isBehind: false };
  }
  return { judged, changes, isBehind: true };
}

async function hint(db: Database, deviceKeys: readonly bigint[]): Promise<void> {
  await db.pool.query(
    `INSERT INTO telemetry.presence_hint (tenant_id, device_key)
     SELECT d.tenant_id, d.key FROM device d WHERE d.key = ANY($1::bigint[])`,
    [deviceKeys.map(String)],
  );
}

/** Devices of a profile whose expectations changed are due. */
async function spreadProfiles(db: Database): Promise<void> {
  await db.pool.query(
    `WITH changed AS (DELETE FROM telemetry.presence_profile RETURNING tenant_id, profile_id)
     INSERT INTO telemetry.presence_hint (tenant_id, device_key)
     SELECT d.tenant_id, d.key FROM (SELECT DISTINCT tenant_id, profile_id FROM changed) c
     JOIN device d ON d.tenant_id = c.tenant_id AND d.profile_id = c.profile_id
     WHERE d.state = 'active'`,
  );
}

type Some = { readonly now: number; readonly pause: ServerPause | null };

async function judgeSome(db: Database, at: Some): Promise<Omit<JudgeResult, "isBehind">> {
  const client = await db.pool.connect();
  try {
    await client.query("BEGIN");
    const keys = await lockDue(client, at.now);
    const changes: PresenceChange[] = [];
    // Gateways first: what is behind them is judged by what becomes of them.
    for (const roots of [true, false]) {
      const devices =
        keys.length === 0 ? [] : await readPresenceFacts(client, keys, { ...at, roots });
      changes.push(...(await settle(client, devices, at.now)));
    }
    await client.query("COMMIT");
    client.release();
    return { judged: keys.length, changes };
  } catch (error) {
    // A connection with a transaction in doubt is not given back.
    client.release(true);
    throw error;
  }
}

/** Takes hints and due devices. A device that is locked by somebody keeps its hint. */
async function lockDue(client: pg.PoolClient, now: number): Promise<readonly PresenceKey[]> {
  const hinted = await client.query<PresenceKey>(
    `WITH taken AS (DELETE FROM telemetry.presence_hint WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM telemetry.presence_hint LIMIT $1 FOR UPDATE SKIP LOCKED))
       RETURNING tenant_id, device_key)
     SELECT DISTINCT tenant_id AS "tenantId", device_key::text AS "deviceKey" FROM taken`,
    [atOnce],
  );
  const tenantIds = hinted.rows.map(({ tenantId }) => tenantId);
  const deviceKeys = hinted.rows.map(({ deviceKey }) => deviceKey);
  const { rows } = await client.query<PresenceKey>(
    `WITH wanted AS MATERIALIZED (
       (SELECT tenant_id, device_key FROM device_presence WHERE due_at <= $3 ORDER BY due_at LIMIT $4)
       UNION SELECT * FROM unnest($1::uuid[], $2::bigint[]))
     SELECT p.tenant_id AS "tenantId", p.device_key::text AS "deviceKey"
     FROM wanted w JOIN device_presence p ON p.tenant_id = w.tenant_id AND p.device_key = w.device_key
     FOR UPDATE OF p SKIP LOCKED`,
    [tenantIds, deviceKeys, new Date(now), atOnce],
  );
  const locked = new Set(rows.map(({ deviceKey }) => deviceKey));
  const missed = hinted.rows.filter(({ deviceKey }) => !locked.has(deviceKey));
  if (missed.length > 0) await hintAgain(client, missed);
  return rows;
}

async function hintAgain(client: pg.PoolClient, keys: readonly PresenceKey[]): Promise<void> {
  await client.query(
    `INSERT INTO telemetry.presence_hint (tenant_id, device_key)
     SELECT n.* FROM unnest($1::uuid[], $2::bigint[]) AS n(tenant_id, device_key)
     JOIN device_presence p ON p.tenant_id = n.tenant_id AND p.device_key = n.device_key`,
    [keys.map(({ tenantId }) => tenantId), keys.map(({ deviceKey }) => deviceKey)],
  );
}

/** A contact that is written while a device is called worse gives no hint: it was well still. */
const againMs = 2_000;

function lookTwice(judgement: PresenceJudgement, now: number): PresenceJudgement {
  const { presence, steps, dueAt } = judgement;
  if (steps.length === 0 || !overdue.includes(presence)) return judgement;
  return { ...judgement, dueAt: Math.min(dueAt ?? Infinity, now + againMs) };
}

async function settle(
  client: pg.PoolClient,
  devices: readonly JudgedDevice[],
  now: number,
): Promise<readonly PresenceChange[]> {
  const rows = devices.map(({ tenantId, deviceKey, facts }): JudgedPresence => {
    const judgement = lookTwice(judgePresenceOf(facts), now);
    return { tenantId, deviceKey, before: facts.before, judgement };
  });
  await writePresences(client, rows, now);
  await noteDays(client, rows, now);
  await hintChildren(client, devices, rows);
  return rows.flatMap(({ tenantId, deviceKey, judgement }) => {
    const { presence, cause, steps } = judgement;
    const last = steps.at(-1);
    return last === undefined ? [] : [{ tenantId, deviceKey, presence, cause, since: last.at }];
  });
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Days before today are summed up already, or are at this moment. */
async function noteDays(
  client: pg.PoolClient,
  rows: readonly JudgedPresence[],
  now: number,
): Promise<void> {
  const back = rows.flatMap(({ tenantId, deviceKey, judgement }) => {
    const [first] = judgement.steps;
    if (first === undefined) return [];
    const day = dayOf(first.at);
    return day < dayOf(now) ? [{ tenantId, deviceKey, day }] : [];
  });
  if (back.length === 0) return;
  await client.query(
    `INSERT INTO telemetry.presence_again (tenant_id, device_key, day)
     SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::date[])`,
    [
      back.map(({ tenantId }) => tenantId),
      back.map(({ deviceKey }) => deviceKey),
      back.map(({ day }) => day),
    ],
  );
}

/** What is behind a gateway that changed. A person's decision is in its row already when it is judged. */
async function hintChildren(
  client: pg.PoolClient,
  devices: readonly JudgedDevice[],
  rows: readonly JudgedPresence[],
): Promise<void> {
  const changed = devices.filter(
    ({ isGateway, facts }, index) =>
      isGateway && (facts.state !== "active" || (rows[index]?.judgement.steps.length ?? 0) > 0),
  );
  if (changed.length === 0) return;
  await client.query(
    `INSERT INTO telemetry.presence_hint (tenant_id, device_key)
     SELECT c.tenant_id, c.key FROM device g JOIN device c ON c.tenant_id = g.tenant_id AND c.gateway_id = g.id
     JOIN device_presence p ON p.tenant_id = c.tenant_id AND p.device_key = c.key
     WHERE g.key = ANY($1::bigint[]) AND p.presence IN ('late', 'silent', 'stranded')`,
    [changed.map(({ deviceKey }) => deviceKey)],
  );
}
