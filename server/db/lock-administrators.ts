import type { Tx } from "#server/db/client.ts";

/**
 * Locks the tenant's active administrators until the transaction ends: two of them who demote each
 * other at the same moment are judged one after the other.
 * @returns their ids
 */
export async function lockAdministrators(tx: Tx, tenantId: string): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM "user"
    WHERE tenant_id = ${tenantId}::uuid AND role = 'admin' AND disabled_at IS NULL
    ORDER BY id FOR UPDATE`;
  return rows.map(({ id }) => id);
}
