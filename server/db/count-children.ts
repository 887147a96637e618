import type { Tx } from "#server/db/client.ts";
import { presenceTables, type ReadAt } from "#server/db/device-columns.ts";
import { presenceSql } from "#server/db/presence-sql.ts";
import type { Presence } from "#server/domain/presence.ts";

/** Children of a gateway by presence; those out of service are left out, a presence without any has no row. */
export async function countChildren(
  tx: Tx,
  { tenantId, now, gatewayId }: ReadAt & { readonly gatewayId: string },
): Promise<readonly { readonly presence: Presence; readonly devices: number }[]> {
  return tx.$queryRaw<{ presence: Presence; devices: number }[]>`
    SELECT ${presenceSql(now)} AS presence, count(*)::int AS devices
    FROM device d ${presenceTables(tenantId)}
    WHERE d.tenant_id = ${tenantId}::uuid AND d.gateway_id = ${gatewayId}::uuid
      AND d.state IN ('active', 'suspended', 'quarantined')
    GROUP BY 1`;
}
