import type { Tx } from "#server/db/client.ts";

/** More versions than that are no versions but something else that devices put there. */
const most = 1_000;

/** The versions that devices of the tenant have, each found by one step through the index. */
export async function listFirmware(tx: Tx, tenantId: string): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ readonly firmware: string }[]>`
    WITH RECURSIVE step AS (
      (SELECT s.firmware FROM device_status s
        WHERE s.tenant_id = ${tenantId}::uuid AND s.firmware IS NOT NULL
        ORDER BY s.firmware LIMIT 1)
      UNION ALL
      SELECT (SELECT s.firmware FROM device_status s
        WHERE s.tenant_id = ${tenantId}::uuid AND s.firmware > step.firmware
        ORDER BY s.firmware LIMIT 1)
      FROM step WHERE step.firmware IS NOT NULL
    )
    SELECT firmware FROM step WHERE firmware IS NOT NULL LIMIT ${most}`;
  return rows.map(({ firmware }) => firmware);
}
