import type { Database } from "#server/db/client.ts";
import { writerClockSql, type WriterClock } from "#server/db/writer-clock.ts";

/** When a device's last message was received. */
export type DeviceContactRow = {
  readonly tenantId: string;
  readonly deviceKey: bigint;
  readonly lastMessageAt: Date;
  /** Newest sign that the device itself is alive; by default its last message, which back-fill is not. */
  readonly contactAt?: Date;
  /** As its newest state says; null where none came. */
  readonly firmware: string | null;
};

/**
 * Writes the newest contact of each device, at most one row for each (ingest role). Who was overdue
 * or never seen is judged at once; for all others a contact says nothing new.
 */
export async function writeDeviceContacts(
  db: Database,
  rows: readonly DeviceContactRow[],
  clock: WriterClock = {},
): Promise<void> {
  await db.pool.query(
    `WITH ${writerClockSql("$6", "$7")}, known AS (
     INSERT INTO device_status (tenant_id, device_key, last_message_at, firmware, contact_at)
     SELECT n.tenant_id, n.device_key, n.last_message_at, n.firmware,
       LEAST(n.contact_at + clock.shift, clock.now)
     FROM clock, unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::text[], $5::timestamptz[])
       AS n(tenant_id, device_key, last_message_at, firmware, contact_at)
     JOIN device d ON d.tenant_id = n.tenant_id AND d.key = n.device_key
     ON CONFLICT (tenant_id, device_key) DO UPDATE SET
       last_message_at = greatest(device_status.last_message_at, excluded.last_message_at),
       contact_at = greatest(excluded.contact_at,
         least(device_status.contact_at, COALESCE($7::timestamptz, clock_timestamp()))),
       firmware = coalesce(excluded.firmware, device_status.firmware)
     RETURNING tenant_id, device_key)
     INSERT INTO telemetry.presence_hint (tenant_id, device_key)
     SELECT k.tenant_id, k.device_key FROM known k
     JOIN device_presence p ON p.tenant_id = k.tenant_id AND p.device_key = k.device_key
     WHERE p.presence IN ('late', 'silent', 'stranded', 'never_seen')`,
    [
      rows.map((row) => row.tenantId),
      rows.map((row) => row.deviceKey.toString()),
      rows.map((row) => row.lastMessageAt),
      rows.map((row) => row.firmware),
      rows.map((row) => row.contactAt ?? row.lastMessageAt),
      clock.sentAt ?? null,
      clock.now ?? null,
    ],
  );
}
