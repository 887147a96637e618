import type { Database } from "#server/db/client.ts";
import { presenceDaysDays, presenceEventDays } from "#server/domain/availability.ts";

/**
 * Deletes changes of presence that are too old, except the newest of each device, which says how it
 * has been since, and sums of days that are too old (ingest role).
 * @returns how many changes were deleted
 */
export async function forgetPresenceEvents(db: Database): Promise<number> {
  const result = await db.pool.query(
    `DELETE FROM device_presence_event e USING device_presence_event newer
     WHERE e.at < now() - make_interval(days => $1)
       AND newer.tenant_id = e.tenant_id AND newer.device_key = e.device_key AND newer.at > e.at
       AND newer.at < now() - make_interval(days => $1)`,
    [presenceEventDays],
  );
  for (const table of ["device_presence_day", "presence_day"]) {
    await db.pool.query(
      `DELETE FROM ${table} WHERE day < (now() - make_interval(days => $1))::date`,
      [presenceDaysDays],
    );
  }
  return result.rowCount ?? 0;
}
