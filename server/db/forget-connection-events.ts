import type { Database } from "#server/db/client.ts";

/**
 * Deletes comings and goings of devices that are older than 30 days (ingest role).
 * @returns how many were deleted
 */
export async function forgetConnectionEvents(db: Database): Promise<number> {
  const result = await db.pool.query(
    "DELETE FROM device_connection_event WHERE at < now() - interval '30 days'",
  );
  return result.rowCount ?? 0;
}
