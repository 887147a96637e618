import type { Database } from "#server/db/client.ts";

/** A certificate whose due date is missing, or that has one although people renew it. */
export type MistakenDueDate = {
  readonly tenantId: string;
  readonly id: string;
  /** UUID of the device's row. */
  readonly deviceUuid: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly automatic: boolean;
};

/**
 * Certificates of this installation's CAs whose due date is not what their profile says: they were
 * issued before, or the profile was changed (ingest role).
 */
export async function findMistakenDueDates(
  db: Database,
  at: { readonly now: Date; readonly most: number },
): Promise<readonly MistakenDueDate[]> {
  const { rows } = await db.pool.query<MistakenDueDate>(
    `SELECT c.tenant_id AS "tenantId", c.id, c.device_id AS "deviceUuid", c.not_before AS "notBefore",
       c.not_after AS "notAfter", true AS automatic
     FROM profile p
     JOIN device d ON d.tenant_id = p.tenant_id AND d.profile_id = p.id AND d.state <> 'decommissioned'
     JOIN certificate c ON c.tenant_id = d.tenant_id AND c.device_id = d.id
     WHERE p.certificate_policy ->> 'renewal' = 'automatic' AND c.renewal_due_at IS NULL
       AND c.state IN ('issued', 'active') AND c.not_after > $1
       AND EXISTS (SELECT FROM certificate_authority a WHERE a.subject = c.issuer)
     LIMIT $2`,
    [at.now, at.most],
  );
  if (rows.length === at.most) return rows;
  const { rows: superfluous } = await db.pool.query<MistakenDueDate>(
    `SELECT c.tenant_id AS "tenantId", c.id, c.device_id AS "deviceUuid", c.not_before AS "notBefore",
       c.not_after AS "notAfter", false AS automatic
     FROM certificate c
     JOIN device d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
     JOIN profile p ON p.tenant_id = d.tenant_id AND p.id = d.profile_id
     WHERE c.renewal_due_at IS NOT NULL AND c.state IN ('issued', 'active', 'superseded')
       AND coalesce(p.certificate_policy ->> 'renewal', 'manual') <> 'automatic'
     LIMIT $1`,
    [at.most - rows.length],
  );
  return [...rows, ...superfluous];
}

/** Sets when renewals are due; null where people renew (ingest role). */
export async function setDueDates(
  db: Database,
  rows: readonly {
    readonly tenantId: string;
    readonly id: string;
    readonly renewalDueAt: Date | null;
  }[],
): Promise<void> {
  await db.pool.query(
    `UPDATE certificate c SET renewal_due_at = u.due
     FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS u(tenant_id, id, due)
     WHERE c.tenant_id = u.tenant_id AND c.id = u.id`,
    [
      rows.map(({ tenantId }) => tenantId),
      rows.map(({ id }) => id),
      rows.map(({ renewalDueAt }) => renewalDueAt),
    ],
  );
}
