import type { Tx } from "#server/db/client.ts";
import { currentNotAfterSql } from "#server/db/presence-sql.ts";
import { renewSoonDays } from "#server/domain/certificate-life.ts";

export type CertificateWeek = {
  /** Monday, midnight UTC. */
  readonly startsAt: Date;
  /** Devices whose certificate ends in the week and within renewSoonDays. */
  readonly soon: number;
  readonly later: number;
};

/** When the certificates of devices in service run out: week by week, with the weeks without any. */
export async function countCertificatesByWeek(
  tx: Tx,
  at: { readonly tenantId: string; readonly now: Date; readonly weeks: number },
): Promise<readonly CertificateWeek[]> {
  return tx.$queryRaw<CertificateWeek[]>`
    WITH ends AS (
      SELECT ${currentNotAfterSql} AS not_after
      FROM certificate c
      JOIN device d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
      WHERE c.tenant_id = ${at.tenantId}::uuid AND d.state <> 'decommissioned'
      GROUP BY c.device_id
    ), weeks AS (
      SELECT date_trunc('week', ${at.now}::timestamptz, 'UTC') + make_interval(weeks => n) AS starts_at
      FROM generate_series(0, ${at.weeks}::int - 1) AS n
    )
    SELECT w.starts_at AS "startsAt",
      count(e.not_after) FILTER (WHERE e.not_after <= ${at.now}::timestamptz + make_interval(days => ${renewSoonDays}::int))::int AS soon,
      count(e.not_after) FILTER (WHERE e.not_after > ${at.now}::timestamptz + make_interval(days => ${renewSoonDays}::int))::int AS later
    FROM weeks w
    LEFT JOIN ends e ON e.not_after >= w.starts_at AND e.not_after < w.starts_at + interval '1 week'
      AND e.not_after > ${at.now}::timestamptz
    GROUP BY w.starts_at
    ORDER BY w.starts_at`;
}
