import type { Tx } from "#server/db/client.ts";
import {
  currentCertificate,
  ofTenant,
  presenceTables,
  type ReadAt,
} from "#server/db/device-columns.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { certificateLifeSql } from "#server/db/presence-sql.ts";
import type { CertificateLife } from "#server/domain/certificate-life.ts";
import type { Presence } from "#server/domain/presence.ts";

export type DeviceFacetRow = {
  readonly presence: Presence;
  readonly certificate: CertificateLife;
  readonly profileId: string;
  /** Null: it never said one. */
  readonly firmware: string | null;
  readonly count: number;
};

/** The whole fleet counted by presence, certificate, profile and firmware, in one pass. */
export async function countDeviceFacets(
  tx: Tx,
  { tenantId, now }: ReadAt,
): Promise<DeviceFacetRow[]> {
  return tx.$queryRaw<DeviceFacetRow[]>`
    SELECT pr.presence,
      ${certificateLifeSql(Prisma.sql`current.not_after`, now)} AS certificate,
      d.profile_id AS "profileId", s.firmware, count(*)::int AS count
    FROM device d ${presenceTables(tenantId)} ${currentCertificate(tenantId)}
    WHERE d.tenant_id = ${tenantId}::uuid
    GROUP BY 1, 2, 3, 4`;
}

export type NamedCount = { readonly value: string; readonly label: string; readonly count: number };

/** The most used tags, those of decommissioned devices left out. */
export async function countTags(tx: Tx, tenantId: string, most: number): Promise<NamedCount[]> {
  return tx.$queryRaw<NamedCount[]>`
    SELECT t.tag AS value, t.tag AS label, count(*)::int AS count FROM device_tag t
    JOIN device d ON ${ofTenant("d", tenantId)} AND d.key = t.device_key
    WHERE ${ofTenant("t", tenantId)} AND d.state IN ('active', 'suspended', 'quarantined')
    GROUP BY t.tag ORDER BY count(*) DESC, t.tag LIMIT ${most}::int`;
}

/** The gateways with the most devices behind them. */
export async function countGateways(tx: Tx, tenantId: string, most: number): Promise<NamedCount[]> {
  return tx.$queryRaw<NamedCount[]>`
    SELECT g.id::text AS value, g.name AS label, child.count FROM (
      SELECT d.gateway_id, count(*)::int AS count FROM device d
      WHERE ${ofTenant("d", tenantId)} AND d.gateway_id IS NOT NULL
        AND d.state IN ('active', 'suspended', 'quarantined')
      GROUP BY d.gateway_id ORDER BY count(*) DESC LIMIT ${most}::int) child
    JOIN device g ON ${ofTenant("g", tenantId)} AND g.id = child.gateway_id
    ORDER BY child.count DESC, g.name`;
}
