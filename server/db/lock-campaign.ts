import type { Tx } from "#server/db/client.ts";

/**
 * Locks a campaign of the tenant until the transaction ends, so that its changes follow each other.
 * @returns whether there is one
 */
export async function lockCampaign(
  tx: Tx,
  at: { readonly tenantId: string; readonly campaignId: string },
): Promise<boolean> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM rotation_campaign
    WHERE tenant_id = ${at.tenantId}::uuid AND id = ${at.campaignId}::uuid FOR UPDATE`;
  return rows.length > 0;
}
