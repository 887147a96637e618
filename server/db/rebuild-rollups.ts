import type pg from "pg";
import type { Database } from "#server/db/client.ts";
import { hourLock } from "#server/db/merge-rollups.ts";
import { largestSummed } from "#server/telemetry/rollup.ts";

const hourMs = 3_600_000;

/** Of fields that are one row each: the rows of a rollup table. */
const asArrays = `array_agg(n::integer ORDER BY i), array_agg(s ORDER BY i), array_agg(lo ORDER BY i),
    array_agg(hi ORDER BY i), array_agg(la[2] ORDER BY i), array_agg(la[1]::integer ORDER BY i)`;

/**
 * What the snapshot of this statement sees is in, and the snapshot is kept with the minutes: workers
 * that still hold readings learn from it which of theirs are. Parameters: minutes, first and end.
 */
const rebuildMinutesSql = `
  WITH noted AS (
    INSERT INTO telemetry.rollup_rebuilt (minute, snapshot)
    SELECT minute, pg_current_snapshot() FROM unnest($1::timestamptz[]) AS m(minute)
    ON CONFLICT (minute) DO UPDATE SET snapshot = EXCLUDED.snapshot),
  cells AS (
    SELECT r.device_key, date_trunc('minute', r.ts, 'UTC') AS minute, r.schema_id, u.i, u.v,
      floor(extract(epoch FROM r.ts - date_trunc('minute', r.ts, 'UTC')) * 1000)::double precision AS ms
    FROM telemetry.reading r, unnest(r."values") WITH ORDINALITY AS u(v, i)
    WHERE r.ts >= $2::timestamptz AND r.ts < $3::timestamptz
      AND NOT EXISTS (SELECT FROM public.device_erasure e WHERE e.device_key = r.device_key)),
  fields AS (
    SELECT device_key, minute, schema_id, i, count(v) AS n,
      sum(least(greatest(v, -${largestSummed}), ${largestSummed})) AS s, min(v) AS lo, max(v) AS hi,
      max(ARRAY[ms, v]) FILTER (WHERE v IS NOT NULL) AS la
    FROM cells WHERE minute = ANY($1::timestamptz[]) GROUP BY device_key, minute, schema_id, i)
  INSERT INTO telemetry.rollup_minute (device_key, bucket, schema_id, counts, sums, mins, maxs, lasts, last_ms)
  SELECT device_key, minute, schema_id, ${asArrays} FROM fields GROUP BY device_key, minute, schema_id`;

/** Parameters: hour, its end, device keys above and up to. */
const deriveHourSql = `
  WITH fields AS (
    SELECT m.device_key, m.schema_id, u.i, sum(u.c) AS n, sum(u.s) AS s, min(u.lo) AS lo, max(u.hi) AS hi,
      max(ARRAY[extract(epoch FROM m.bucket - $1::timestamptz) * 1000 + u.ms, u.la]::double precision[])
        FILTER (WHERE u.la IS NOT NULL) AS la
    FROM telemetry.rollup_minute m,
      unnest(m.counts, m.sums, m.mins, m.maxs, m.lasts, m.last_ms) WITH ORDINALITY AS u(c, s, lo, hi, la, ms, i)
    WHERE m.bucket >= $1 AND m.bucket < $2 AND m.device_key > $3::bigint AND m.device_key <= $4::bigint
    GROUP BY m.device_key, m.schema_id, u.i)
  INSERT INTO telemetry.rollup_hour (device_key, bucket, schema_id, counts, sums, mins, maxs, lasts, last_ms)
  SELECT device_key, $1, schema_id, ${asArrays} FROM fields GROUP BY device_key, schema_id`;

/** A minute to be rebuilt, epoch milliseconds. */
export type DueMinute = { readonly ms: number; readonly rebuilt: boolean };

/** All minutes that wait, of the hour whose wait is longest (ingest role). */
export async function findDueHour(db: Database): Promise<readonly DueMinute[]> {
  const { rows } = await db.pool.query<{ ms: string; rebuilt: boolean }>(
    `SELECT (extract(epoch FROM minute) * 1000)::bigint::text AS ms, rebuilt FROM telemetry.rollup_due
     WHERE date_trunc('hour', minute, 'UTC') =
       (SELECT date_trunc('hour', minute, 'UTC') FROM telemetry.rollup_due ORDER BY since LIMIT 1)
     ORDER BY minute`,
  );
  return rows.map(({ ms, rebuilt }) => ({ ms: Number(ms), rebuilt }));
}

/**
 * Computes minutes of one hour from their readings, in one transaction (ingest role). Batches are not
 * kept waiting; whoever merges into the hour waits until it ends.
 * @param minutes epoch milliseconds, all of the same hour
 */
export async function rebuildMinutes(db: Database, minutes: readonly number[]): Promise<void> {
  const [first] = minutes;
  const last = minutes.at(-1);
  if (first === undefined || last === undefined) return;
  await inHour(db, Math.floor(first / hourMs), async (client) => {
    const asked = minutes.map((ms) => new Date(ms));
    const { rows } = await client.query<{ minute: Date }>(
      "SELECT minute FROM telemetry.rollup_due WHERE minute = ANY($1) AND NOT rebuilt ORDER BY minute FOR UPDATE",
      [asked],
    );
    const due = rows.map(({ minute }) => minute);
    await client.query("UPDATE telemetry.rollup_due SET rebuilt = true WHERE minute = ANY($1)", [
      due,
    ]);
    await client.query("DELETE FROM telemetry.rollup_minute WHERE bucket = ANY($1)", [due]);
    const from = new Date(first);
    const until = new Date(last + 60_000);
    await client.query(rebuildMinutesSql, [due, from, until]);
  });
}

/** Devices of one transaction. */
const devicesAtOnce = 2_000;
const highestKey = "9223372036854775807";

/** An hour that is being computed from its minutes, up to a device. */
export type HourWork = {
  /** Hours since the epoch. */
  readonly hour: number;
  /** Minutes that were due before are in; as the database writes it. */
  readonly begunAt: string;
  readonly above: string;
};

/** Begins with an hour of which every minute that is due was rebuilt (ingest role). */
export async function beginHour(db: Database, hour: number): Promise<HourWork> {
  const { rows } = await db.pool.query<{ at: string }>("SELECT clock_timestamp()::text AS at");
  return { hour, begunAt: rows[0]?.at ?? "-infinity", above: "-1" };
}

/**
 * Computes the hour of some thousand devices, in one transaction; after the last ones its minutes are
 * off the list (ingest role). May be killed and begun anew.
 * @returns what is left; undefined when it is finished
 */
export async function deriveSome(db: Database, work: HourWork): Promise<HourWork | undefined> {
  const { hour, begunAt, above } = work;
  const [from, until] = [new Date(hour * hourMs), new Date((hour + 1) * hourMs)];
  const upTo = await keyAfter(db, above);
  await inHour(db, hour, async (client) => {
    await client.query(
      `DELETE FROM telemetry.rollup_hour
       WHERE bucket = $1 AND device_key > $2::bigint AND device_key <= $3::bigint`,
      [from, above, upTo],
    );
    await client.query(deriveHourSql, [from, until, above, upTo]);
  });
  if (upTo !== highestKey) return { ...work, above: upTo };
  await db.pool.query(
    `DELETE FROM telemetry.rollup_due
     WHERE minute >= $1 AND minute < $2 AND rebuilt AND since < $3::timestamptz`,
    [from, until, begunAt],
  );
  return undefined;
}

async function keyAfter(db: Database, above: string): Promise<string> {
  const { rows } = await db.pool.query<{ key: string }>(
    "SELECT key::text FROM device WHERE key > $1::bigint ORDER BY key OFFSET $2 LIMIT 1",
    [above, devicesAtOnce - 1],
  );
  return rows[0]?.key ?? highestKey;
}

/** A transaction while which nobody merges into the hour. */
async function inHour(
  db: Database,
  hour: number,
  work: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  const client = await db.pool.connect();
  let failed = true;
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1, $2)", [hourLock, hour]);
    await work(client);
    await client.query("COMMIT");
    failed = false;
  } finally {
    client.release(failed);
  }
}

/** Minutes were rebuilt of which no worker holds readings any more: their snapshots are of no use. */
export async function forgetRebuilt(db: Database): Promise<void> {
  await db.pool.query(
    `DELETE FROM telemetry.rollup_rebuilt r
     WHERE NOT EXISTS (SELECT FROM telemetry.rollup_open o WHERE o.minute = r.minute)`,
  );
}

/** How many minutes wait to be computed (ingest role). */
export async function countDueMinutes(db: Database): Promise<number> {
  const { rows } = await db.pool.query<{ count: number }>(
    "SELECT count(*)::integer AS count FROM telemetry.rollup_due",
  );
  return rows[0]?.count ?? 0;
}
