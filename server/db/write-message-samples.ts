import type { Database } from "#server/db/client.ts";

/** A payload as it came; see `message_sample`. */
export type MessageSampleRow = {
  readonly tenantId: string;
  readonly profileId: string;
  readonly deviceKey: bigint;
  readonly deviceId: string;
  readonly stream: string;
  readonly contentType: string;
  readonly receivedAt: Date;
  readonly payload: Buffer;
};

/** Keeps samples, with the firmware that their devices named last (ingest role). */
export async function writeMessageSamples(
  db: Database,
  rows: readonly MessageSampleRow[],
): Promise<void> {
  await db.pool.query(
    `INSERT INTO message_sample (tenant_id, profile_id, device_key, device_id, stream, content_type,
       received_at, firmware, payload)
     SELECT n.tenant_id, n.profile_id, n.device_key, n.device_id, n.stream, n.content_type,
       n.received_at, s.firmware, n.payload
     FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[],
       $7::timestamptz[], $8::bytea[])
       AS n(tenant_id, profile_id, device_key, device_id, stream, content_type, received_at, payload)
     LEFT JOIN device_status s ON s.tenant_id = n.tenant_id AND s.device_key = n.device_key`,
    [
      rows.map((row) => row.tenantId),
      rows.map((row) => row.profileId),
      rows.map((row) => row.deviceKey.toString()),
      rows.map((row) => row.deviceId),
      rows.map((row) => row.stream),
      rows.map((row) => row.contentType),
      rows.map((row) => row.receivedAt),
      rows.map((row) => row.payload),
    ],
  );
}
