import type { Database } from "#server/db/client.ts";

/**
 * Marks devices as disconnected whose worker gives no sign of life any more, and notes when they
 * went (ingest role).
 * @param silentSeconds age of a heartbeat from which its worker counts as gone
 * @returns how many devices were marked
 */
export async function disconnectOrphanedDevices(
  db: Database,
  silentSeconds: number,
): Promise<number> {
  const result = await db.pool.query(
    `WITH gone AS (
     UPDATE device_status s SET connected = false, disconnected_at = now(),
       disconnect_reason = 'the server process ended'
     WHERE s.connected AND NOT EXISTS (
       SELECT FROM worker_instance w
       WHERE w.id = s.worker_id AND w.heartbeat_at > now() - make_interval(secs => $1))
     RETURNING s.tenant_id, s.device_key, s.disconnected_at, s.disconnect_reason, s.remote_address,
       s.client_id, s.protocol, s.tls_version, s.tls_cipher, s.certificate_sha256)
     INSERT INTO device_connection_event (tenant_id, device_key, at, kind, reason, remote_address,
       client_id, protocol, tls_version, tls_cipher, certificate_sha256)
     SELECT tenant_id, device_key, disconnected_at, 'disconnected', disconnect_reason,
       COALESCE(remote_address, ''), COALESCE(client_id, ''), COALESCE(protocol, ''), tls_version,
       tls_cipher, certificate_sha256
     FROM gone`,
    [silentSeconds],
  );
  return result.rowCount ?? 0;
}
