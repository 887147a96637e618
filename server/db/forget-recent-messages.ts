import type { Database } from "#server/db/client.ts";

/** Deletes keys that left the window of ten minutes, with as much again for clocks that differ. */
export async function forgetRecentMessages(db: Database): Promise<number> {
  const result = await db.pool.query(
    "DELETE FROM telemetry.recent_message WHERE received_at < now() - interval '20 minutes'",
  );
  return result.rowCount ?? 0;
}
