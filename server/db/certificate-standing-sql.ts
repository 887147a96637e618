import { Prisma } from "#server/db/generated/client.ts";
import { connectedSql, lastContactSql } from "#server/db/presence-sql.ts";
import type { ReadAt } from "#server/db/device-columns.ts";

/** Expressions of what standingOf() (server/domain/certificate-standing.ts) follows from. */
export type StandingColumns = {
  readonly state: Prisma.Sql;
  readonly notAfter: Prisma.Sql;
  readonly dueAt: Prisma.Sql;
  readonly overdueAt: Prisma.Sql;
  readonly soonAt: Prisma.Sql;
  readonly criticalAt: Prisma.Sql;
};

/** standingOf(). A database test holds both to the same table of cases. */
export function standingSql(of: StandingColumns, now: Date): Prisma.Sql {
  const at = Prisma.sql`${now}::timestamptz`;
  return Prisma.sql`(CASE
    WHEN ${of.state} NOT IN ('issued', 'active') THEN ${of.state}
    WHEN ${of.notAfter} <= ${at} THEN 'expired'
    WHEN ${of.state} = 'issued' THEN 'not_used'
    WHEN ${of.criticalAt} <= ${at} THEN 'critical'
    WHEN ${of.dueAt} IS NULL THEN CASE WHEN ${of.soonAt} <= ${at} THEN 'renew_soon' ELSE 'valid' END
    WHEN ${of.overdueAt} <= ${at} THEN 'overdue'
    WHEN ${of.dueAt} <= ${at} THEN 'due'
    ELSE 'valid' END)`;
}

/** The columns of device certificates `c` with their profiles `p`; the shares are those of server/domain/renewal.ts. */
export const deviceStandingColumns: StandingColumns = {
  state: Prisma.sql`c.state::text`,
  notAfter: Prisma.sql`c.not_after`,
  dueAt: Prisma.sql`c.renewal_due_at`,
  overdueAt: Prisma.sql`c.renewal_due_at + (c.not_after - c.not_before) * 0.1`,
  soonAt: Prisma.sql`c.not_after - p.lead_days * interval '24 hours'`,
  criticalAt: Prisma.sql`c.not_after - (c.not_after - c.not_before) / 6`,
};

/** Profiles as the standing of certificates needs them: `p`, worked out once per statement. */
export function profilesCte({ tenantId }: Pick<ReadAt, "tenantId">): Prisma.Sql {
  return Prisma.sql`p AS MATERIALIZED (
    SELECT id, name, expected_contact_seconds, COALESCE((
      SELECT max(days::int) FROM jsonb_array_elements_text(certificate_policy -> 'alertDays') AS days), 30) AS lead_days
    FROM profile WHERE tenant_id = ${tenantId}::uuid)`;
}

/** Device certificates `c` with device `d`, profile `p` and status `s`. */
export function deviceCertificateTables({ tenantId }: Pick<ReadAt, "tenantId">): Prisma.Sql {
  return Prisma.sql`certificate c
    JOIN device d ON d.tenant_id = ${tenantId}::uuid AND d.id = c.device_id
    JOIN p ON p.id = d.profile_id
    LEFT JOIN device_status s ON s.tenant_id = ${tenantId}::uuid AND s.device_key = d.key`;
}

/** nextContactAt() of server/domain/certificate-standing.ts. */
export function nextContactSql(now: Date): Prisma.Sql {
  const at = Prisma.sql`${now}::timestamptz`;
  const times = Prisma.sql`(floor(GREATEST(0, extract(epoch FROM ${at} - ${lastContactSql})) / p.expected_contact_seconds) + 1)`;
  return Prisma.sql`(CASE
    WHEN ${connectedSql} THEN ${at} + make_interval(secs => p.expected_contact_seconds)
    ELSE ${lastContactSql} + make_interval(secs => p.expected_contact_seconds * ${times}) END)`;
}

/** Whether `c` ends before its device is expected to be in contact, and no newer one follows it. */
export function beforeContactSql({ tenantId, now }: ReadAt): Prisma.Sql {
  const at = Prisma.sql`${now}::timestamptz`;
  return Prisma.sql`(c.state IN ('issued', 'active') AND c.not_after > ${at}
    AND c.not_after <= ${at} + (SELECT max(expected_contact_seconds) FROM p) * interval '1 second'
    AND c.not_after <= ${nextContactSql(now)}
    AND NOT EXISTS (SELECT 1 FROM certificate n
      WHERE n.tenant_id = ${tenantId}::uuid AND n.device_id = c.device_id
        AND n.state IN ('issued', 'active') AND n.not_after > c.not_after))`;
}

/** Who sees to it that another certificate follows `c` in time: RenewalPlan, NULL where nobody does. */
export function renewalPlanSql({ tenantId, now }: ReadAt): Prisma.Sql {
  return Prisma.sql`(CASE
    WHEN c.not_after <= ${now}::timestamptz OR c.state NOT IN ('issued', 'active') THEN NULL
    WHEN c.renewal_due_at IS NOT NULL THEN 'automatic'
    WHEN c.device_id IN (SELECT x.device_id FROM rotation_campaign_device x
      JOIN rotation_campaign y ON y.tenant_id = ${tenantId}::uuid AND y.id = x.campaign_id
      WHERE x.tenant_id = ${tenantId}::uuid AND x.open AND y.state = 'running') THEN 'campaign' END)`;
}
