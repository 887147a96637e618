import {
  deviceCertificateTables,
  deviceStandingColumns,
  profilesCte,
  renewalPlanSql,
  standingSql,
} from "#server/db/certificate-standing-sql.ts";
import type { Tx } from "#server/db/client.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import { otherCertificatesSql } from "#server/db/other-certificates-sql.ts";
import type { CertificateKind } from "#server/domain/certificate-kind.ts";
import type { CertificateStanding, RenewalPlan } from "#server/domain/certificate-standing.ts";

export type CertificateFacetRow = {
  readonly kind: CertificateKind;
  readonly standing: CertificateStanding;
  readonly profileId: string | null;
  readonly issuer: string;
  readonly count: number;
};

/** The whole inventory counted by kind, standing, profile and issuer, in one pass. */
export async function countCertificateFacets(
  tx: Tx,
  at: ReadAt & { readonly installation: boolean },
): Promise<CertificateFacetRow[]> {
  return tx.$queryRaw<CertificateFacetRow[]>`
    WITH ${profilesCte(at)}
    SELECT 'device' AS kind, ${standingSql(deviceStandingColumns, at.now)} AS standing,
      p.id::text AS "profileId", c.issuer, count(*)::int AS count
    FROM certificate c
    JOIN device d ON d.tenant_id = ${at.tenantId}::uuid AND d.id = c.device_id
    JOIN p ON p.id = d.profile_id
    WHERE c.tenant_id = ${at.tenantId}::uuid
    GROUP BY 2, 3, 4
    UNION ALL
    SELECT o.kind, o.standing, o.profile_id::text, o.issuer, count(*)::int
    FROM ${otherCertificatesSql(at, at)} o GROUP BY 1, 2, 3, 4`;
}

export type RunOutRow = {
  /** Week from the present one on, 0 to 51; -1: it has ended. */
  readonly week: number;
  readonly kind: CertificateKind;
  readonly profileId: string | null;
  readonly issuer: string;
  readonly plan: RenewalPlan | null;
  readonly count: number;
};

/**
 * When it runs out, by week (from `startsAt`, a Monday), kind, profile, issuer and who renews it.
 * Suspended, superseded, retired and revoked certificates are left out.
 */
export async function countRunOut(
  tx: Tx,
  at: ReadAt & { readonly installation: boolean; readonly startsAt: Date; readonly weeks: number },
): Promise<RunOutRow[]> {
  const end = new Date(at.startsAt.getTime() + at.weeks * 604_800_000);
  return tx.$queryRaw<RunOutRow[]>`
    WITH ${profilesCte(at)}, ends AS (
      SELECT 'device' AS kind, c.not_after, p.id::text AS profile_id, c.issuer, ${renewalPlanSql(at)} AS plan
      FROM ${deviceCertificateTables(at)}
      WHERE c.tenant_id = ${at.tenantId}::uuid AND c.state IN ('issued', 'active')
        AND c.not_after < ${end}::timestamptz
      UNION ALL
      SELECT o.kind, o.not_after, o.profile_id::text, o.issuer,
        CASE WHEN o.due_at IS NOT NULL AND o.not_after > ${at.now}::timestamptz THEN 'automatic' END
      FROM ${otherCertificatesSql(at, at)} o
      WHERE o.standing NOT IN ('suspended', 'superseded', 'retired', 'revoked') AND o.not_after < ${end}::timestamptz
    )
    SELECT CASE WHEN not_after <= ${at.now}::timestamptz THEN -1
        ELSE floor(extract(epoch FROM not_after - ${at.startsAt}::timestamptz) / 604800)::int END AS week,
      kind, profile_id AS "profileId", issuer, plan, count(*)::int AS count
    FROM ends GROUP BY 1, 2, 3, 4, 5`;
}
