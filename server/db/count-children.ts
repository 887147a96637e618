import type { Tx } from "#server/db/client.ts";
import type { Presence } from "#server/domain/presence.ts";

/** Children of a gateway by presence; those out of service are left out, a presence without any has no row. */
export async function countChildren(
  tx: Tx,
  { tenantId, gatewayId }: { readonly tenantId: string; readonly gatewayId: string },
): Promise<readonly { readonly presence: Presence; readonly devices: number }[]> {
  return tx.$queryRaw<{ presence: Presence; devices: number }[]>`
    SELECT pr.presence, count(*)::int AS devices
    FROM device d
    JOIN device_presence pr ON pr.tenant_id = ${tenantId}::uuid AND pr.device_key = d.key
    WHERE d.tenant_id = ${tenantId}::uuid AND d.gateway_id = ${gatewayId}::uuid
      AND d.state IN ('active', 'suspended', 'quarantined')
    GROUP BY 1`;
}
