import type { Database } from "#server/db/client.ts";

/** Names of the CAs of whose certificates some are revoked or held and on no list yet (ingest role). */
export async function findPendingIssuers(db: Database): Promise<ReadonlySet<string>> {
  const { rows } = await db.pool.query<{ readonly issuer: string }>(
    `SELECT DISTINCT c.issuer FROM certificate_revocation r
     JOIN certificate c ON c.tenant_id = r.tenant_id AND c.id = r.certificate_id
     WHERE r.crl_number IS NULL AND r.released_at IS NULL AND c.state IN ('revoked', 'suspended')
       AND c.not_after > now()`,
  );
  return new Set(rows.map(({ issuer }) => issuer));
}
