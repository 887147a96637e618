import type { Database } from "#server/db/client.ts";
import type { RevocationListState } from "#server/domain/alert-rules-seen.ts";

/** The newest full list of each CA that signs or is trusted, or that it has none. */
export async function findRevocationLists(db: Database): Promise<readonly RevocationListState[]> {
  const result = await db.pool.query<RevocationListState>(
    `SELECT o.id AS "tenantId", a.sha256 AS "issuerSha256", a.subject AS issuer, a.created_at AS "issuerSince",
       l.this_update AS "thisUpdate", l.next_update AS "nextUpdate"
     FROM certificate_authority a
     CROSS JOIN (SELECT id FROM tenant WHERE operator ORDER BY created_at, id LIMIT 1) AS o
     LEFT JOIN LATERAL (
       SELECT this_update, next_update FROM certificate_revocation_list
       WHERE issuer_sha256 = a.sha256 AND kind = 'full' ORDER BY number DESC LIMIT 1) AS l ON true
     WHERE a.kind = 'issuing' AND a.state <> 'retired' LIMIT 1000`,
  );
  return result.rows;
}
