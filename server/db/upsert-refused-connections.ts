import type { Database } from "#server/db/client.ts";

/** Refusals of one cause since the last write. */
export type RefusedConnectionRow = {
  readonly tenantId: string;
  readonly claimedId: string;
  readonly deviceKey: bigint | null;
  readonly reason: string;
  readonly detail: string;
  readonly remedy: string;
  readonly remote: string;
  readonly transport: string;
  readonly sha256: string;
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
};

/** Adds to the rows of the same cause, or begins them (ingest role). Causes must be distinct. */
export async function upsertRefusedConnections(
  db: Database,
  rows: readonly RefusedConnectionRow[],
): Promise<void> {
  await db.pool.query(
    `INSERT INTO refused_connection (tenant_id, claimed_id, device_key, reason, detail, remedy,
       remote, transport, sha256, count, first_at, last_at)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[],
       $7::text[], $8::text[], $9::text[], $10::bigint[], $11::timestamptz[], $12::timestamptz[])
     ON CONFLICT (tenant_id, claimed_id, reason, sha256, remote) DO UPDATE SET
       count = refused_connection.count + excluded.count,
       first_at = least(refused_connection.first_at, excluded.first_at),
       last_at = greatest(refused_connection.last_at, excluded.last_at),
       device_key = COALESCE(excluded.device_key, refused_connection.device_key),
       detail = excluded.detail, remedy = excluded.remedy, transport = excluded.transport`,
    [
      rows.map((row) => row.tenantId),
      rows.map((row) => row.claimedId),
      rows.map((row) => row.deviceKey?.toString() ?? null),
      rows.map((row) => row.reason),
      rows.map((row) => row.detail),
      rows.map((row) => row.remedy),
      rows.map((row) => row.remote),
      rows.map((row) => row.transport),
      rows.map((row) => row.sha256),
      rows.map((row) => row.count),
      rows.map((row) => row.firstAt),
      rows.map((row) => row.lastAt),
    ],
  );
}
