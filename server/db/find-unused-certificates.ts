import type { Database } from "#server/db/client.ts";
import type { UnusedCertificate } from "#server/domain/alert-rules.ts";

/**
 * The newest certificates of devices that have another one in use, issued more than a day ago and
 * never used; also those that were retired for it lately.
 */
export async function findUnusedCertificates(
  db: Database,
  at: { readonly now: Date; readonly limit: number },
): Promise<readonly UnusedCertificate[]> {
  const result = await db.pool.query<UnusedCertificate>(
    `SELECT c.tenant_id AS "tenantId", c.id, d.device_id AS "deviceId", d.name AS "deviceName", c.issued_at AS "issuedAt"
     FROM certificate c
     JOIN device d ON d.tenant_id = c.tenant_id AND d.id = c.device_id AND d.state <> 'decommissioned'
     WHERE c.activated_at IS NULL AND c.issued_at <= $1::timestamptz - interval '1 day'
       AND (c.state = 'issued' OR c.state = 'retired' AND c.issued_at > $1::timestamptz - interval '8 days')
       AND EXISTS (SELECT 1 FROM certificate o WHERE o.tenant_id = c.tenant_id AND o.device_id = c.device_id
         AND o.state = 'active' AND o.issued_at < c.issued_at)
       AND NOT EXISTS (SELECT 1 FROM certificate n WHERE n.tenant_id = c.tenant_id AND n.device_id = c.device_id
         AND (n.issued_at, n.id) > (c.issued_at, c.id))
     ORDER BY c.issued_at LIMIT $2`,
    [at.now, at.limit],
  );
  return result.rows;
}
