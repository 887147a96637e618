import type { Tx } from "#server/db/client.ts";
import { presenceSql } from "#server/db/presence-sql.ts";
import type { Presence } from "#server/domain/presence.ts";

/** How many devices of the tenant are in each presence; a presence without any has no row. */
export async function countPresences(
  tx: Tx,
  at: { readonly tenantId: string; readonly now: Date },
): Promise<readonly { readonly presence: Presence; readonly devices: number }[]> {
  return tx.$queryRaw<{ presence: Presence; devices: number }[]>`
    SELECT ${presenceSql(at.now)} AS presence, count(*)::int AS devices
    FROM device d
    JOIN profile p ON p.tenant_id = d.tenant_id AND p.id = d.profile_id
    LEFT JOIN device_status s ON s.tenant_id = d.tenant_id AND s.device_key = d.key
    WHERE d.tenant_id = ${at.tenantId}::uuid
    GROUP BY 1`;
}
