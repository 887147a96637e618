import type { Tx } from "#server/db/client.ts";
import { presenceTables, type ReadAt } from "#server/db/device-columns.ts";
import { presenceSql } from "#server/db/presence-sql.ts";
import type { Presence } from "#server/domain/presence.ts";

/** A gateway that nobody hears, and the devices of which nobody hears either because of that. */
export type QuietGateway = {
  readonly id: string;
  readonly deviceId: string;
  readonly name: string;
  readonly presence: Presence;
  /** Children that are overdue. */
  readonly devices: number;
};

/** Late and silent gateways with their overdue children, those with the most of them first. */
export async function findQuietGateways(
  tx: Tx,
  { tenantId, now, most }: ReadAt & { readonly most: number },
): Promise<readonly QuietGateway[]> {
  return tx.$queryRaw<QuietGateway[]>`
    WITH gateway AS MATERIALIZED (
      SELECT d.id, d.device_id, d.name, ${presenceSql(now)} AS presence
      FROM device d ${presenceTables(tenantId)}
      WHERE d.tenant_id = ${tenantId}::uuid AND d.state = 'active' AND d.id IN (
        SELECT c.gateway_id FROM device c
        WHERE c.tenant_id = ${tenantId}::uuid AND c.gateway_id IS NOT NULL)
    )
    SELECT g.id, g.device_id AS "deviceId", g.name, g.presence, child.devices
    FROM gateway g CROSS JOIN LATERAL (
      SELECT count(*)::int AS devices FROM device d ${presenceTables(tenantId)}
      WHERE d.tenant_id = ${tenantId}::uuid AND d.gateway_id = g.id
        AND ${presenceSql(now)} IN ('late', 'silent')) child
    WHERE g.presence IN ('late', 'silent') AND child.devices > 0
    ORDER BY child.devices DESC, g.name LIMIT ${most}`;
}
