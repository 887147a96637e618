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
  /** Of these, attempts to connect: the others were connected already. */
  readonly attempts: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
};

/**
 * Adds to the rows of the same cause, or begins them (ingest role). Causes must be distinct. Attempts
 * with a certificate that was held or revoked are counted with its newest entry in the outbox as well.
 */
export async function upsertRefusedConnections(
  db: Database,
  rows: readonly RefusedConnectionRow[],
): Promise<void> {
  await db.pool.query(
    `WITH attempted AS (
     SELECT n.tenant_id, n.sha256, sum(n.attempts) AS attempts, max(n.last_at) AS last_at,
       (array_agg(n.remote ORDER BY n.last_at DESC))[1] AS remote
     FROM unnest($1::uuid[], $9::text[], $13::bigint[], $12::timestamptz[], $7::text[])
       AS n(tenant_id, sha256, attempts, last_at, remote)
     WHERE n.sha256 <> '' AND n.attempts > 0
     GROUP BY n.tenant_id, n.sha256
     ), counted AS (
     UPDATE certificate_revocation r SET attempts = r.attempts + n.attempts,
       last_attempt_at = greatest(r.last_attempt_at, n.last_at), last_attempt_remote = n.remote
     FROM attempted n
     WHERE r.sha256 = n.sha256 AND r.tenant_id = n.tenant_id AND r.released_at IS NULL
       AND r.position = (SELECT max(o.position) FROM certificate_revocation o
                         WHERE o.sha256 = n.sha256 AND o.tenant_id = n.tenant_id))
     INSERT INTO refused_connection (tenant_id, claimed_id, device_key, reason, detail, remedy,
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
      rows.map((row) => row.attempts),
    ],
  );
}
