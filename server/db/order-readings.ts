import type { Database } from "#server/db/client.ts";
import { sqlState } from "#server/db/database-failure.ts";

/** A day of readings that is over and whose rows lie in the order in which they came. */
export type UnorderedDay = {
  readonly partition: string;
  readonly bytes: number;
  /** Nothing was inserted or deleted since somebody looked an hour ago or longer. */
  readonly isQuiet: boolean;
};

/** A day that weighs more would be locked for too long. */
export const largestDayBytes = 1_073_741_824;
/** Waiting for the lock, everything that comes after waits as well. */
const lockTimeoutMs = 500;
/** Late readings of the day wait so long at most. */
const statementTimeoutMs = 8_000;

/** What became of a day. */
export type Ordered = "ordered" | "in-use" | "too-large";

/** lock_not_available: somebody uses it; query_canceled: it takes too long. */
const notDone: Readonly<Record<string, Ordered>> = { "55P03": "in-use", "57014": "too-large" };

/**
 * Looks at the days that are over for two days or longer, and remembers how often they have changed
 * (ingest role).
 */
export async function findUnorderedDays(db: Database): Promise<readonly UnorderedDay[]> {
  const { rows } = await db.pool.query<{ partition: string; bytes: string; quiet: boolean }>(
    `WITH days AS (
       SELECT c.relname AS partition, pg_total_relation_size(c.oid) AS bytes,
         pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_deleted(c.oid) AS changes
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = 'telemetry.reading'::regclass AND c.relname ~ '^reading_\\d{8}$'
         AND to_date(right(c.relname, 8), 'YYYYMMDD') <= (now() AT TIME ZONE 'UTC')::date - 2
         AND pg_relation_size(c.oid) > 0),
     before AS (
       SELECT d.partition, p.changes = d.changes AND p.looked_at < now() - interval '50 minutes' AS quiet
       FROM days d JOIN telemetry.partition_state p USING (partition)),
     looked AS (
       INSERT INTO telemetry.partition_state AS p (partition, looked_at, changes)
       SELECT partition, now(), changes FROM days
       ON CONFLICT (partition) DO UPDATE SET looked_at = now(), changes = EXCLUDED.changes
         WHERE p.changes <> EXCLUDED.changes)
     SELECT d.partition, d.bytes::text, coalesce(b.quiet, false) AS quiet
     FROM days d LEFT JOIN before b USING (partition) LEFT JOIN telemetry.partition_state p USING (partition)
     WHERE p.clustered_at IS NULL AND coalesce(p.outcome, '') <> 'too-large' ORDER BY d.partition DESC`,
  );
  return rows.map(({ partition, bytes, quiet }) => ({
    partition,
    bytes: Number(bytes),
    isQuiet: quiet,
  }));
}

/**
 * Puts the rows of a day in the order of devices and times (ingest role). Whoever reads or writes that
 * day waits meanwhile, some seconds at most: then it is given up and nothing has changed.
 */
export async function orderDay(db: Database, partition: string): Promise<Ordered> {
  const client = await db.pool.connect();
  let failed = true;
  try {
    await client.query("BEGIN");
    await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    await client.query(`SET LOCAL statement_timeout = ${statementTimeoutMs}`);
    await client.query("SET LOCAL maintenance_work_mem = '256MB'");
    await client.query("SELECT telemetry.cluster_partition($1)", [partition]);
    await client.query(
      "UPDATE telemetry.partition_state SET clustered_at = now(), outcome = '' WHERE partition = $1",
      [partition],
    );
    await client.query("COMMIT");
    failed = false;
  } catch (error) {
    const outcome = notDone[sqlState(error)];
    if (outcome === undefined) throw error;
    return outcome;
  } finally {
    client.release(failed);
  }
  await db.pool.query("SELECT telemetry.analyze_partition($1)", [partition]);
  return "ordered";
}

/** Notes why a day stays as it is: while it is in use, or for good. */
export async function leaveDay(
  db: Database,
  partition: string,
  outcome: Exclude<Ordered, "ordered">,
): Promise<void> {
  await db.pool.query("UPDATE telemetry.partition_state SET outcome = $2 WHERE partition = $1", [
    partition,
    outcome,
  ]);
}
