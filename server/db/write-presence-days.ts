import type { Database } from "#server/db/client.ts";
import type { PresenceKey } from "#server/db/presence-facts.ts";

/**
 * Sums up one day (UTC) that is over: for how many seconds each device was how, from its first event
 * on. Doing it again gives the same, with what has become known since (ingest role).
 * @param at.day ISO date
 * @param at.devices only of these; absent: of all
 * @returns how many devices have a row
 */
export async function writePresenceDays(
  db: Database,
  at: { readonly day: string; readonly devices?: readonly PresenceKey[] },
): Promise<number> {
  const { day, devices } = at;
  const result = await db.pool.query(
    `WITH bounds AS (SELECT $1::date::timestamp AT TIME ZONE 'UTC' AS starts,
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
       FROM step s, bounds b)
     INSERT INTO device_presence_day (tenant_id, day, device_key, online, idle, late, silent, stranded, excused)
     SELECT tenant_id, $1::date, device_key, ${sumOf("online")}, ${sumOf("idle")}, ${sumOf("late")},
       ${sumOf("silent")}, ${sumOf("stranded")},
       ${sumOf("never_seen", "suspended", "quarantined", "decommissioned")}
     FROM span GROUP BY tenant_id, device_key
     ON CONFLICT (tenant_id, day, device_key) DO UPDATE SET online = excluded.online, idle = excluded.idle,
       late = excluded.late, silent = excluded.silent, stranded = excluded.stranded, excused = excluded.excused
     WHERE (device_presence_day.online, device_presence_day.idle, device_presence_day.late,
         device_presence_day.silent, device_presence_day.stranded, device_presence_day.excused)
       IS DISTINCT FROM (excluded.online, excluded.idle, excluded.late, excluded.silent,
         excluded.stranded, excluded.excused)`,
    [
      day,
      devices?.map(({ deviceKey }) => deviceKey) ?? null,
      devices?.map(({ tenantId }) => tenantId) ?? null,
    ],
  );
  return result.rowCount ?? 0;
}

function sumOf(...presences: readonly string[]): string {
  const names = presences.map((name) => `'${name}'`).join(", ");
  return `round(coalesce(sum(seconds) FILTER (WHERE presence IN (${names})), 0))::int`;
}

/** Notes that the sums of a day are written (ingest role). */
export async function presenceDayDone(db: Database, day: string): Promise<void> {
  await db.pool.query("UPDATE telemetry.presence_engine SET day_done = $1::date", [day]);
}

/** The day (ISO, UTC) of the oldest event that is kept; null when there is none (ingest role). */
export async function firstPresenceDay(db: Database): Promise<string | null> {
  const { rows } = await db.pool.query<{ day: string | null }>(
    "SELECT (min(at) AT TIME ZONE 'UTC')::date::text AS day FROM device_presence_event",
  );
  return rows[0]?.day ?? null;
}
