import type pg from "pg";
import type { Database } from "#server/db/client.ts";
import type { PresenceKey } from "#server/db/presence-facts.ts";

const kinds = ["online", "idle", "late", "silent", "stranded", "excused"] as const;
const each = (made: (kind: string) => string): string => kinds.map(made).join(", ");
const columns = `${each((kind) => kind)}, ${each((kind) => `${kind}_sum`)}`;
const changed = (of: string): string => each((kind) => `${of}.${kind}, ${of}.${kind}_sum`);

function secondsOf(...presences: readonly string[]): string {
  const names = presences.map((name) => `'${name}'`).join(", ");
  return `round(coalesce(sum(seconds) FILTER (WHERE presence IN (${names})), 0))::int`;
}

const write = `WITH bounds AS (SELECT $1::date::timestamp AT TIME ZONE 'UTC' AS starts,
    ($1::date + 1)::timestamp AT TIME ZONE 'UTC' AS ends),
  wanted AS (SELECT p.tenant_id, p.device_key FROM device_presence p
    WHERE $2::bigint[] IS NULL OR (p.tenant_id, p.device_key) IN
      (SELECT * FROM unnest($3::uuid[], $2::bigint[]))),
  step AS (
    SELECT w.tenant_id, w.device_key, first.presence, b.starts AS at FROM bounds b, wanted w
    CROSS JOIN LATERAL (SELECT e.presence FROM device_presence_event e
      WHERE e.tenant_id = w.tenant_id AND e.device_key = w.device_key AND e.at < b.starts
      ORDER BY e.at DESC LIMIT 1) first
    UNION ALL
    SELECT e.tenant_id, e.device_key, e.presence, e.at
    FROM bounds b, wanted w JOIN device_presence_event e
      ON e.tenant_id = w.tenant_id AND e.device_key = w.device_key
    WHERE e.at >= b.starts AND e.at < b.ends),
  span AS (SELECT s.tenant_id, s.device_key, s.presence, extract(epoch FROM
    lead(s.at, 1, b.ends) OVER (PARTITION BY s.tenant_id, s.device_key ORDER BY s.at) - s.at) AS seconds
    FROM step s, bounds b),
  own AS (SELECT tenant_id, device_key, ${secondsOf("online")} AS online, ${secondsOf("idle")} AS idle,
      ${secondsOf("late")} AS late, ${secondsOf("silent")} AS silent, ${secondsOf("stranded")} AS stranded,
      ${secondsOf("never_seen", "suspended", "quarantined", "decommissioned")} AS excused
    FROM span GROUP BY tenant_id, device_key)
  INSERT INTO device_presence_day (tenant_id, day, device_key, ${columns})
  SELECT o.tenant_id, $1::date, o.device_key, ${each((kind) => `o.${kind}`)},
    ${each((kind) => `coalesce(b.${kind}_sum, 0) + o.${kind}`)}
  FROM own o LEFT JOIN LATERAL (SELECT y.* FROM device_presence_day y
    WHERE y.tenant_id = o.tenant_id AND y.device_key = o.device_key AND y.day < $1::date
    ORDER BY y.day DESC LIMIT 1) b ON true
  ON CONFLICT (tenant_id, day, device_key) DO UPDATE
    SET ${each((kind) => `${kind} = excluded.${kind}, ${kind}_sum = excluded.${kind}_sum`)}
  WHERE (${changed("device_presence_day")}) IS DISTINCT FROM (${changed("excluded")})`;

type Day = { readonly day: string; readonly devices?: readonly PresenceKey[] };

/**
 * Sums up one day (UTC) that is over: for how many seconds each device was how, from its first event
 * on. Doing it again gives the same, with what has become known since (ingest role). Later days of a
 * device build on it: after a day that is written again they are as well, the next one first.
 * @param at.day ISO date
 * @param at.devices only of these; absent: of all
 */
export async function writePresenceDays(db: Database, at: Day): Promise<void> {
  await alone(db, (client) => writeDay(client, at));
}

/** Sums up a day and notes that it is done, both or neither (ingest role). */
export async function finishPresenceDay(db: Database, day: string): Promise<void> {
  await alone(db, async (client) => {
    await writeDay(client, { day });
    await client.query(
      "UPDATE telemetry.presence_engine SET day_done = $1::date WHERE day_done IS NULL OR day_done < $1::date",
      [day],
    );
  });
}

/** Devices whose days are summed up again at once. */
const againAtOnce = 5_000;

/**
 * Sums up again the days into which news reached back since they were done (ingest role). The notes
 * of it go with what was written: who is killed in between leaves both to the next.
 * @returns how many notes were settled
 */
export async function sumPresenceAgain(db: Database): Promise<number> {
  const { rows } = await db.pool.query<{ isDue: boolean }>(
    `SELECT EXISTS (SELECT FROM telemetry.presence_again a, telemetry.presence_engine e
       WHERE a.day <= e.day_done) AS "isDue"`,
  );
  if (rows[0]?.isDue !== true) return 0;
  return alone(db, async (client) => {
    const taken = await client.query<PresenceKey & { readonly day: string; readonly done: string }>(
      `DELETE FROM telemetry.presence_again a USING telemetry.presence_engine e
       WHERE a.ctid = ANY(ARRAY(SELECT n.ctid FROM telemetry.presence_again n, telemetry.presence_engine m
         WHERE n.day <= m.day_done LIMIT $1))
       RETURNING a.tenant_id AS "tenantId", a.device_key::text AS "deviceKey", a.day::text AS day,
         e.day_done::text AS done`,
      [againAtOnce],
    );
    await writeSince(client, taken.rows);
    return taken.rows.length;
  });
}

async function writeSince(
  client: pg.PoolClient,
  notes: readonly (PresenceKey & { readonly day: string; readonly done: string })[],
): Promise<void> {
  const done = notes[0]?.done;
  const first = notes.map(({ day }) => day).toSorted()[0];
  if (done === undefined || first === undefined) return;
  for (let day = first; day <= done; day = dayAfter(day)) {
    await writeDay(client, { day, devices: notes.filter((note) => note.day <= day) });
  }
}

/** The day (ISO) after a day. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

async function writeDay(client: pg.PoolClient, { day, devices }: Day): Promise<void> {
  await client.query(write, [
    day,
    devices?.map(({ deviceKey }) => deviceKey) ?? null,
    devices?.map(({ tenantId }) => tenantId) ?? null,
  ]);
}

const daysLock = 7_294_816_341;

/** One writer at a time: each row builds on the one before it. */
async function alone<T>(db: Database, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [daysLock]);
    const value = await work(client);
    await client.query("COMMIT");
    client.release();
    return value;
  } catch (error) {
    // A connection with a transaction in doubt is not given back.
    client.release(true);
    throw error;
  }
}

/** The day (ISO, UTC) of the oldest event that is kept; null when there is none (ingest role). */
export async function firstPresenceDay(db: Database): Promise<string | null> {
  const { rows } = await db.pool.query<{ day: string | null }>(
    "SELECT (min(at) AT TIME ZONE 'UTC')::date::text AS day FROM device_presence_event",
  );
  return rows[0]?.day ?? null;
}
