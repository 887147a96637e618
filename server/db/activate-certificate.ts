import type { Tx } from "#server/db/client.ts";

/**
 * Takes an issued certificate into use; the device's one in use until now is superseded by it and
 * stays usable until it ends or is retired.
 * @returns ids of the superseded certificates; undefined when it was not in state `issued` any more
 */
export async function activateCertificate(
  tx: Tx,
  certificate: { readonly tenantId: string; readonly id: string },
  at: Date,
): Promise<readonly string[] | undefined> {
  const rows = await tx.$queryRaw<{ activated: boolean; superseded: string[] }[]>`
    WITH activated AS (
      UPDATE certificate SET state = 'active', activated_at = ${at}
      WHERE tenant_id = ${certificate.tenantId}::uuid AND id = ${certificate.id}::uuid
        AND state = 'issued'
      RETURNING device_id
    ), superseded AS (
      UPDATE certificate SET state = 'superseded'
      WHERE tenant_id = ${certificate.tenantId}::uuid AND id <> ${certificate.id}::uuid
        AND state = 'active' AND device_id IN (SELECT device_id FROM activated)
      RETURNING id
    )
    SELECT EXISTS (SELECT FROM activated) AS activated,
           ARRAY(SELECT id::text FROM superseded) AS superseded`;
  const row = rows[0];
  return row?.activated === true ? row.superseded : undefined;
}
