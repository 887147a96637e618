import type { Tx } from "#server/db/client.ts";

/**
 * Locks a batch of the tenant until the transaction ends, so that its changes follow each other.
 * @returns whether there is one
 */
export async function lockBatch(
  tx: Tx,
  at: { readonly tenantId: string; readonly batchId: string },
): Promise<boolean> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM device_batch
    WHERE tenant_id = ${at.tenantId}::uuid AND id = ${at.batchId}::uuid FOR UPDATE`;
  return rows.length > 0;
}
