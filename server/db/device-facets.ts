import type { Tx } from "#server/db/client.ts";
import { presenceTables, type ReadAt } from "#server/db/device-columns.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { certificateLifeSql, currentNotAfterSql, presenceSql } from "#server/db/presence-sql.ts";
import type { CertificateLife } from "#server/domain/certificate-life.ts";
import type { Presence } from "#server/domain/presence.ts";

export type DeviceFacetRow = {
  readonly presence: Presence;
  readonly certificate: CertificateLife;
  readonly profileId: string;
  readonly count: number;
};

/** The whole fleet counted by presence, certificate and profile, in one pass. */
export async function countDeviceFacets(
  tx: Tx,
  { tenantId, now }: ReadAt,
): Promise<DeviceFacetRow[]> {
  return tx.$queryRaw<DeviceFacetRow[]>`
    SELECT ${presenceSql(now)} AS presence,
      ${certificateLifeSql(Prisma.sql`current.not_after`, now)} AS certificate,
      d.profile_id AS "profileId", count(*)::int AS count
    FROM device d ${presenceTables(tenantId)}
    LEFT JOIN (
      SELECT c.device_id, ${currentNotAfterSql} AS not_after FROM certificate c
      WHERE c.tenant_id = ${tenantId}::uuid GROUP BY c.device_id
    ) current ON current.device_id = d.id
    WHERE d.tenant_id = ${tenantId}::uuid
    GROUP BY 1, 2, 3`;
}
