import type { Tx } from "#server/db/client.ts";

/** Locks a dashboard of the tenant until the transaction ends, so that its changes follow each other. */
export async function lockDashboard(
  tx: Tx,
  at: { readonly tenantId: string; readonly dashboardId: string },
): Promise<void> {
  await tx.$queryRaw`
    SELECT id FROM dashboard
    WHERE tenant_id = ${at.tenantId}::uuid AND id = ${at.dashboardId}::uuid FOR UPDATE`;
}
