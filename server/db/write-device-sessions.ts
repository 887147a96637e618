import type { Database } from "#server/db/client.ts";
import { writerClockSql, type WriterClock } from "#server/db/writer-clock.ts";

/** The last connection of a device as one worker saw it. */
export type DeviceSessionRow = {
  readonly tenantId: string;
  readonly deviceKey: bigint;
  readonly connected: boolean;
  readonly workerId: string;
  readonly connectedAt: Date;
  readonly disconnectedAt: Date | null;
  readonly disconnectReason: string | null;
  readonly remoteAddress: string;
  readonly clientId: string;
  readonly protocol: string;
  readonly tlsVersion: string | null;
  readonly tlsCipher: string | null;
  readonly certificateSha256: string | null;
};

/** That a device came or went; `count` times since the last write, of which this is the newest. */
export type ConnectionEventRow = {
  readonly tenantId: string;
  readonly deviceKey: bigint;
  readonly at: Date;
  readonly kind: "connected" | "disconnected";
  /** In words; null for a connect. */
  readonly reason: string | null;
  readonly remoteAddress: string;
  readonly clientId: string;
  readonly protocol: string;
  readonly tlsVersion: string | null;
  readonly tlsCipher: string | null;
  readonly certificateSha256: string | null;
  readonly count: number;
};

/**
 * Writes how devices are now, at most one row for each, when they came and went, and when their
 * certificates were used last, to five minutes (ingest role).
 * A disconnect changes the status only from the worker that holds the device: it may have connected
 * to another one since. Writing the same events again changes nothing. The devices are judged at once.
 */
export async function writeDeviceSessions(
  db: Database,
  rows: readonly DeviceSessionRow[],
  events: readonly ConnectionEventRow[] = [],
  clock: WriterClock = {},
): Promise<void> {
  await db.pool.query(
    `WITH ${writerClockSql("$26", "$27")}, status AS (
     INSERT INTO device_status (tenant_id, device_key, connected, worker_id, connected_at,
       disconnected_at, disconnect_reason, remote_address, client_id, protocol, tls_version,
       tls_cipher, certificate_sha256, contact_at)
     SELECT n.tenant_id, n.device_key, n.connected, n.worker_id, n.connected_at + clock.shift,
       n.disconnected_at + clock.shift, n.disconnect_reason, n.remote_address, n.client_id,
       n.protocol, n.tls_version, n.tls_cipher, n.certificate_sha256,
       LEAST(n.connected_at + clock.shift, clock.now)
     FROM clock, unnest($1::uuid[], $2::bigint[], $3::boolean[], $4::uuid[], $5::timestamptz[],
       $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
       $12::text[], $13::text[])
       AS n(tenant_id, device_key, connected, worker_id, connected_at, disconnected_at,
         disconnect_reason, remote_address, client_id, protocol, tls_version, tls_cipher,
         certificate_sha256)
     JOIN device d ON d.tenant_id = n.tenant_id AND d.key = n.device_key
     ON CONFLICT (tenant_id, device_key) DO UPDATE SET
       connected = excluded.connected, worker_id = excluded.worker_id,
       connected_at = excluded.connected_at,
       disconnected_at = COALESCE(excluded.disconnected_at, device_status.disconnected_at),
       disconnect_reason = excluded.disconnect_reason, remote_address = excluded.remote_address,
       client_id = excluded.client_id, protocol = excluded.protocol,
       tls_version = excluded.tls_version, tls_cipher = excluded.tls_cipher,
       certificate_sha256 = excluded.certificate_sha256,
       contact_at = greatest(excluded.contact_at,
         least(device_status.contact_at, COALESCE($27::timestamptz, clock_timestamp())))
     WHERE excluded.connected OR device_status.worker_id = excluded.worker_id
       OR (NOT device_status.connected AND (device_status.connected_at IS NULL
         OR excluded.connected_at >= device_status.connected_at))
     RETURNING tenant_id, device_key
     ), hinted AS (
     INSERT INTO telemetry.presence_hint (tenant_id, device_key) SELECT * FROM status
     ), used AS MATERIALIZED (
     -- One that somebody changes at the moment is left to its next connection.
     SELECT c.tenant_id, c.id, n.connected_at
     FROM unnest($5::timestamptz[], $13::text[]) AS n(connected_at, sha256)
     JOIN certificate c ON c.sha256 = n.sha256
     WHERE c.last_used_at IS NULL OR c.last_used_at < n.connected_at - interval '5 minutes'
     FOR NO KEY UPDATE OF c SKIP LOCKED
     ), touched AS (
     UPDATE certificate c SET last_used_at = u.connected_at FROM used u
     WHERE c.tenant_id = u.tenant_id AND c.id = u.id)
     INSERT INTO device_connection_event (tenant_id, device_key, at, kind, reason, remote_address,
       client_id, protocol, tls_version, tls_cipher, certificate_sha256, count)
     SELECT e.* FROM unnest($14::uuid[], $15::bigint[], $16::timestamptz[],
       $17::"ConnectionEventKind"[], $18::text[], $19::text[], $20::text[], $21::text[],
       $22::text[], $23::text[], $24::text[], $25::integer[])
       AS e(tenant_id, device_key, at, kind, reason, remote_address, client_id, protocol,
         tls_version, tls_cipher, certificate_sha256, count)
     JOIN device d ON d.tenant_id = e.tenant_id AND d.key = e.device_key
     ON CONFLICT DO NOTHING`,
    [...parametersOf(rows, events, clock)],
  );
}

function parametersOf(
  rows: readonly DeviceSessionRow[],
  events: readonly ConnectionEventRow[],
  { sentAt, now }: WriterClock,
): readonly unknown[] {
  return [...sessionColumns(rows), ...eventColumns(events), sentAt ?? null, now ?? null];
}

function sessionColumns(rows: readonly DeviceSessionRow[]): readonly unknown[] {
  return [
    rows.map((row) => row.tenantId),
    rows.map((row) => row.deviceKey.toString()),
    rows.map((row) => row.connected),
    rows.map((row) => row.workerId),
    rows.map((row) => row.connectedAt),
    rows.map((row) => row.disconnectedAt),
    rows.map((row) => row.disconnectReason),
    rows.map((row) => row.remoteAddress),
    rows.map((row) => row.clientId),
    rows.map((row) => row.protocol),
    rows.map((row) => row.tlsVersion),
    rows.map((row) => row.tlsCipher),
    rows.map((row) => row.certificateSha256),
  ];
}

function eventColumns(events: readonly ConnectionEventRow[]): readonly unknown[] {
  return [
    events.map((event) => event.tenantId),
    events.map((event) => event.deviceKey.toString()),
    events.map((event) => event.at),
    events.map((event) => event.kind),
    events.map((event) => event.reason),
    events.map((event) => event.remoteAddress),
    events.map((event) => event.clientId),
    events.map((event) => event.protocol),
    events.map((event) => event.tlsVersion),
    events.map((event) => event.tlsCipher),
    events.map((event) => event.certificateSha256),
    events.map((event) => event.count),
  ];
}
