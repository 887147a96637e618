import type { Database } from "#server/db/client.ts";

/** A connection that is open, as its worker knows. */
export type OpenSession = { readonly tenantId: string; readonly deviceKey: bigint };

/**
 * Takes back that a worker's connections ended, which others noted while it gave no sign of life; a
 * device that has connected elsewhere since is left alone (ingest role).
 * @param now the database's clock; tests set it
 * @returns how many it were
 */
export async function reassertDeviceSessions(
  db: Database,
  workerId: string,
  sessions: readonly OpenSession[],
  now?: Date,
): Promise<number> {
  const result = await db.pool.query(
    `WITH back AS (
     UPDATE device_status s SET connected = true, disconnect_reason = NULL,
       contact_at = COALESCE($4::timestamptz, now())
     FROM unnest($2::uuid[], $3::bigint[]) AS n(tenant_id, device_key)
     WHERE s.tenant_id = n.tenant_id AND s.device_key = n.device_key
       AND s.worker_id = $1 AND NOT s.connected
     RETURNING s.tenant_id, s.device_key, s.remote_address, s.client_id, s.protocol, s.tls_version,
       s.tls_cipher, s.certificate_sha256
     ), hinted AS (
     INSERT INTO telemetry.presence_hint (tenant_id, device_key)
     SELECT tenant_id, device_key FROM back)
     INSERT INTO device_connection_event (tenant_id, device_key, at, kind, reason, remote_address,
       client_id, protocol, tls_version, tls_cipher, certificate_sha256)
     SELECT tenant_id, device_key, COALESCE($4::timestamptz, now()), 'connected', 'the server process went on',
       COALESCE(remote_address, ''), COALESCE(client_id, ''), COALESCE(protocol, ''), tls_version,
       tls_cipher, certificate_sha256
     FROM back ON CONFLICT DO NOTHING`,
    [
      workerId,
      sessions.map(({ tenantId }) => tenantId),
      sessions.map(({ deviceKey }) => deviceKey.toString()),
      now ?? null,
    ],
  );
  return result.rowCount ?? 0;
}
