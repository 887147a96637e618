import type { Database } from "#server/db/client.ts";

/** When a device's last message was received. */
export type DeviceContactRow = {
  readonly tenantId: string;
  readonly deviceKey: bigint;
  readonly lastMessageAt: Date;
  /** As its newest state says; null where none came. */
  readonly firmware: string | null;
};

/** Writes the newest contact of each device, at most one row for each (ingest role). */
export async function writeDeviceContacts(
  db: Database,
  rows: readonly DeviceContactRow[],
): Promise<void> {
  await db.pool.query(
    `INSERT INTO device_status (tenant_id, device_key, last_message_at, firmware)
     SELECT n.* FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::text[])
       AS n(tenant_id, device_key, last_message_at, firmware)
     JOIN device d ON d.tenant_id = n.tenant_id AND d.key = n.device_key
     ON CONFLICT (tenant_id, device_key) DO UPDATE SET
       last_message_at = greatest(device_status.last_message_at, excluded.last_message_at),
       firmware = coalesce(excluded.firmware, device_status.firmware)`,
    [
      rows.map((row) => row.tenantId),
      rows.map((row) => row.deviceKey.toString()),
      rows.map((row) => row.lastMessageAt),
      rows.map((row) => row.firmware),
    ],
  );
}
