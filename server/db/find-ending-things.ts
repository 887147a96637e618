import type { Database } from "#server/db/client.ts";
import type { EndingThing } from "#server/domain/alert-rules.ts";

export type EndingThingRow = EndingThing & {
  readonly kind: "authority" | "server-certificate" | "claim" | "customer-ca" | "trust-anchor";
  /** Of a server certificate: file, own-ca, acme; else empty. */
  readonly source: string;
};

const days = (count: number): string => `$1::timestamptz + interval '${count} days'`;

/**
 * CAs, certificates of the listeners, claim certificates, registered CAs and built-in roots that end
 * within the year or have ended, of all organisations. What is the installation's belongs to the
 * organisation that runs it; before there is one, it is left out.
 */
export async function findEndingThings(
  db: Database,
  at: { readonly now: Date; readonly limit: number },
): Promise<readonly EndingThingRow[]> {
  const result = await db.pool.query<EndingThingRow>(
    `WITH operator AS (SELECT id FROM tenant WHERE operator ORDER BY created_at, id LIMIT 1)
     SELECT * FROM (
       SELECT 'authority' AS kind, o.id AS "tenantId", a.sha256 AS id, a.subject AS name, a.not_after AS "notAfter", '' AS source
       FROM certificate_authority a, operator o WHERE a.state <> 'retired' AND a.not_after <= ${days(367)}
       UNION ALL
       SELECT 'server-certificate', o.id, 'listeners', coalesce(s.hosts[1], s.subject), s.not_after, s.source
       FROM server_certificate s, operator o WHERE s.replaced_at IS NULL AND s.not_after <= ${days(32)}
       UNION ALL
       SELECT 'claim', c.tenant_id, c.id::text, c.name, c.expires_at, ''
       FROM enrolment_credential c JOIN enrolment_group g ON g.tenant_id = c.tenant_id AND g.id = c.group_id
       WHERE c.kind = 'certificate' AND c.revoked_at IS NULL AND g.enabled AND (c.max_uses IS NULL OR c.uses < c.max_uses)
         -- One that was made for some days ends as it was meant to, and an old one is nobody's concern any more.
         AND c.expires_at - c.created_at > interval '28 days'
         AND c.expires_at BETWEEN $1::timestamptz - interval '30 days' AND ${days(16)}
       UNION ALL
       SELECT 'customer-ca', tenant_id, id::text, name, not_after, ''
       FROM customer_ca WHERE state = 'active' AND not_after <= ${days(367)}
       UNION ALL
       SELECT 'trust-anchor', tenant_id, id::text, name, not_after, ''
       FROM trust_anchor WHERE not_after <= ${days(367)}) AS things
     ORDER BY "notAfter" LIMIT $2`,
    [at.now, at.limit],
  );
  return result.rows;
}
