import type { Database } from "#server/db/client.ts";
import { serverEndings } from "#server/domain/judge-presence.ts";

/**
 * Marks devices as disconnected whose worker gives no sign of life any more, and notes when they
 * went: with its last heartbeat, where that is known (ingest role).
 * @param silentSeconds age of a heartbeat from which its worker counts as gone
 * @param now the database's clock; tests set it
 * @returns how many devices were marked
 */
export async function disconnectOrphanedDevices(
  db: Database,
  silentSeconds: number,
  now?: Date,
): Promise<number> {
  const result = await db.pool.query(
    `WITH gone AS (
     UPDATE device_status s SET connected = false, disconnect_reason = $2,
       disconnected_at = greatest(s.connected_at, COALESCE((SELECT w.heartbeat_at FROM worker_instance w
         WHERE w.id = s.worker_id), COALESCE($3::timestamptz, now())))
     WHERE s.connected AND NOT EXISTS (
       SELECT FROM worker_instance w
       WHERE w.id = s.worker_id
         AND w.heartbeat_at > COALESCE($3::timestamptz, now()) - make_interval(secs => $1))
     RETURNING s.tenant_id, s.device_key, s.disconnected_at, s.disconnect_reason, s.remote_address,
       s.client_id, s.protocol, s.tls_version, s.tls_cipher, s.certificate_sha256
     ), hinted AS (
     INSERT INTO telemetry.presence_hint (tenant_id, device_key)
     SELECT tenant_id, device_key FROM gone)
     INSERT INTO device_connection_event (tenant_id, device_key, at, kind, reason, remote_address,
       client_id, protocol, tls_version, tls_cipher, certificate_sha256)
     SELECT tenant_id, device_key, disconnected_at, 'disconnected', disconnect_reason,
       COALESCE(remote_address, ''), COALESCE(client_id, ''), COALESCE(protocol, ''), tls_version,
       tls_cipher, certificate_sha256
     FROM gone ON CONFLICT DO NOTHING`,
    [silentSeconds, serverEndings.died, now ?? null],
  );
  return result.rowCount ?? 0;
}
