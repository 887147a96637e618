import type { Database } from "#server/db/client.ts";
import { sqlState } from "#server/db/database-failure.ts";

/**
 * Has the minutes rebuilt that workers left open which give no sign of life any more (ingest role).
 * One that lives nevertheless learns of it by the fence: its next batch fails and opens them anew.
 * @param silentSeconds age of a heartbeat from which its worker counts as gone
 * @returns how many minutes were taken over
 */
export async function takeOverMinutes(db: Database, silentSeconds: number): Promise<number> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT DISTINCT o.worker_id AS id FROM telemetry.rollup_open o
     WHERE NOT EXISTS (SELECT FROM worker_instance w
       WHERE w.id = o.worker_id AND w.heartbeat_at > now() - make_interval(secs => $1))`,
    [silentSeconds],
  );
  let minutes = 0;
  for (const { id } of rows) {
    try {
      minutes += await takeFrom(db, id);
    } catch (error) {
      if (sqlState(error) !== lockNotAvailable) throw error;
    }
  }
  return minutes;
}

/** A batch of the worker is under way, or its connection is not known to be dead yet: next time. */
const lockNotAvailable = "55P03";

/** A batch of the worker that is under way ends first, for the fence is in the row that it locked. */
async function takeFrom(db: Database, workerId: string): Promise<number> {
  const client = await db.pool.connect();
  let failed = true;
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL lock_timeout = '2s'");
    await client.query(
      "UPDATE telemetry.batch SET fence = nextval('telemetry.batch_fence') WHERE worker_id = $1",
      [workerId],
    );
    const taken = await client.query(
      `INSERT INTO telemetry.rollup_due AS d (minute)
       SELECT DISTINCT minute FROM telemetry.rollup_open WHERE worker_id = $1 ORDER BY minute
       ON CONFLICT (minute) DO UPDATE SET since = clock_timestamp(), rebuilt = false`,
      [workerId],
    );
    await client.query("DELETE FROM telemetry.rollup_open WHERE worker_id = $1", [workerId]);
    await client.query("COMMIT");
    failed = false;
    return taken.rowCount ?? 0;
  } finally {
    client.release(failed);
  }
}
