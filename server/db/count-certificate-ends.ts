import type { Tx } from "#server/db/client.ts";
import { renewSoonDays } from "#server/domain/certificate-life.ts";

/** How many devices' certificates end in a week; week -1: have ended. */
export type CertificateEnds = {
  /** From 0: the week that begins on this week's Monday, midnight UTC. */
  readonly week: number;
  /** Within renewSoonDays. */
  readonly soon: number;
  readonly later: number;
};

/**
 * When the certificates of devices in service run out, counted in one pass over the fleet; weeks
 * without any have no row.
 */
export async function countCertificateEnds(
  tx: Tx,
  at: { readonly tenantId: string; readonly now: Date; readonly weeks: number },
): Promise<readonly CertificateEnds[]> {
  return tx.$queryRaw<CertificateEnds[]>`
    WITH ends AS (
      SELECT e.not_after FROM device_certificate_end e
      JOIN device d ON d.tenant_id = ${at.tenantId}::uuid AND d.id = e.device_id
      WHERE e.tenant_id = ${at.tenantId}::uuid AND d.state <> 'decommissioned'
    ), placed AS (
      SELECT not_after, CASE WHEN not_after <= ${at.now}::timestamptz THEN -1 ELSE
        floor(extract(epoch FROM not_after - date_trunc('week', ${at.now}::timestamptz, 'UTC')) / 604800)::int
        END AS week
      FROM ends WHERE not_after IS NOT NULL
    )
    SELECT week,
      count(*) FILTER (WHERE not_after <= ${at.now}::timestamptz + make_interval(days => ${renewSoonDays}::int))::int AS soon,
      count(*) FILTER (WHERE not_after > ${at.now}::timestamptz + make_interval(days => ${renewSoonDays}::int))::int AS later
    FROM placed WHERE week < ${at.weeks}::int
    GROUP BY week ORDER BY week`;
}
