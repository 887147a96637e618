import type { Tx } from "#server/db/client.ts";
import type { Presence } from "#server/domain/presence.ts";

/** How many devices of the tenant are in each presence; a presence without any has no row. */
export async function countPresences(
  tx: Tx,
  { tenantId }: { readonly tenantId: string },
): Promise<readonly { readonly presence: Presence; readonly devices: number }[]> {
  return tx.$queryRaw<{ presence: Presence; devices: number }[]>`
    SELECT pr.presence, count(*)::int AS devices FROM device_presence pr
    WHERE pr.tenant_id = ${tenantId}::uuid GROUP BY 1`;
}
