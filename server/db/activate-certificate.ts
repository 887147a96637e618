import type { Tx } from "#server/db/client.ts";

/**
 * Takes an issued certificate into use.
 * @returns false when it was not in state `issued` any more
 */
export async function activateCertificate(
  tx: Tx,
  certificate: { readonly tenantId: string; readonly id: string },
  at: Date,
): Promise<boolean> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE certificate SET state = 'active', activated_at = ${at}
    WHERE tenant_id = ${certificate.tenantId}::uuid AND id = ${certificate.id}::uuid
      AND state = 'issued'
    RETURNING id`;
  return rows.length > 0;
}
