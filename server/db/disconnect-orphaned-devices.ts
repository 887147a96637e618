import type { Database } from "#server/db/client.ts";

/**
 * Marks devices as disconnected whose worker gives no sign of life any more (ingest role).
 * @param silentSeconds age of a heartbeat from which its worker counts as gone
 * @returns how many devices were marked
 */
export async function disconnectOrphanedDevices(
  db: Database,
  silentSeconds: number,
): Promise<number> {
  const result = await db.pool.query(
    `UPDATE device_status s SET connected = false, disconnected_at = now(),
       disconnect_reason = 'the server process ended'
     WHERE s.connected AND NOT EXISTS (
       SELECT FROM worker_instance w
       WHERE w.id = s.worker_id AND w.heartbeat_at > now() - make_interval(secs => $1))`,
    [silentSeconds],
  );
  return result.rowCount ?? 0;
}
