import type { Database } from "#server/db/client.ts";

/** Deletes what workers left behind that have been silent for an hour. */
export async function forgetDeadWorkers(db: Database): Promise<number> {
  const workers = await db.pool.query(
    "DELETE FROM worker_instance WHERE heartbeat_at < now() - interval '1 hour'",
  );
  await db.pool.query("DELETE FROM telemetry.batch WHERE committed_at < now() - interval '1 day'");
  return workers.rowCount ?? 0;
}
