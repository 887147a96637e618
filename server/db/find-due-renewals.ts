import type { Database } from "#server/db/client.ts";

/** A device whose renewal is due and that would hear of it. */
export type DueRenewal = {
  readonly tenantId: string;
  readonly key: string;
  readonly deviceId: string;
  readonly certificateId: string;
  readonly dueAt: Date;
};

/**
 * Devices that renew by themselves, whose renewal is due, that subscribe to being told so, and that
 * were not asked since (ingest role). One that has its next certificate already is left alone while
 * that waits for its first use.
 * @param at.askedSince audit events of the action `at.action` after this count as asked
 */
export async function findDueRenewals(
  db: Database,
  at: {
    readonly now: Date;
    readonly askedSince: Date;
    readonly action: string;
    readonly most: number;
  },
): Promise<readonly DueRenewal[]> {
  const { rows } = await db.pool.query<DueRenewal>(
    `SELECT c.tenant_id AS "tenantId", d.key::text AS key, d.device_id AS "deviceId", c.id AS "certificateId",
       c.renewal_due_at AS "dueAt"
     FROM certificate c
     JOIN device d ON d.tenant_id = c.tenant_id AND d.id = c.device_id AND d.state IN ('active', 'quarantined')
     JOIN profile p ON p.tenant_id = d.tenant_id AND p.id = d.profile_id
     WHERE c.renewal_due_at <= $1 AND c.not_after > $1 AND c.state = 'active'
       AND p.certificate_policy ->> 'renewal' = 'automatic'
       AND NOT EXISTS (SELECT FROM certificate n WHERE n.tenant_id = c.tenant_id AND n.device_id = c.device_id
         AND n.state = 'issued' AND n.issued_at >= c.issued_at AND n.not_after > $1)
       AND EXISTS (SELECT FROM mqtt_session s JOIN mqtt_subscription u ON u.session_id = s.id
         WHERE s.tenant_id = d.tenant_id AND s.device_key = d.key AND s.ended_at IS NULL
           AND mqtt_selects(string_to_array(u.filter, '/'), 'qs/v1/d/' || d.device_id || '/dn/certificate/renew'))
       AND NOT EXISTS (SELECT FROM audit_event a WHERE a.tenant_id = d.tenant_id
         AND a.target = 'device:' || d.device_id AND a.action_code = $3
         AND (a.payload ->> 'askedAt')::timestamptz > $2)
     ORDER BY c.renewal_due_at LIMIT $4`,
    [at.now, at.askedSince, at.action, at.most],
  );
  return rows;
}
