import type { Tx } from "#server/db/client.ts";
import { currentNotAfterSql } from "#server/db/presence-sql.ts";

/** Devices in service whose current certificate has ended. */
export async function countExpiredCertificates(
  tx: Tx,
  at: { readonly tenantId: string; readonly now: Date },
): Promise<number> {
  const rows = await tx.$queryRaw<{ expired: number }[]>`
    SELECT count(*)::int AS expired FROM (
      SELECT ${currentNotAfterSql} AS not_after
      FROM certificate c
      JOIN device d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
      WHERE c.tenant_id = ${at.tenantId}::uuid AND d.state <> 'decommissioned'
      GROUP BY c.device_id
    ) ends
    WHERE not_after <= ${at.now}::timestamptz`;
  return rows[0]?.expired ?? 0;
}
