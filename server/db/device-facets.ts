import type { Tx } from "#server/db/client.ts";
import { deviceTables } from "#server/db/device-columns.ts";
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
export async function countDeviceFacets(tx: Tx, now: Date): Promise<DeviceFacetRow[]> {
  return tx.$queryRaw<DeviceFacetRow[]>`
    SELECT ${presenceSql(now)} AS presence,
      ${certificateLifeSql(Prisma.sql`current.not_after`, now)} AS certificate,
      d.profile_id AS "profileId", count(*)::int AS count
    FROM ${deviceTables}
    LEFT JOIN (
      SELECT c.device_id, ${currentNotAfterSql} AS not_after FROM certificate c
      WHERE c.tenant_id = app_tenant() GROUP BY c.device_id
    ) current ON current.device_id = d.id
    WHERE d.tenant_id = app_tenant()
    GROUP BY 1, 2, 3`;
}
