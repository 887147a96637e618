import type { Tx } from "#server/db/client.ts";
import { usualOverlapDays } from "#server/domain/renewal.ts";

/**
 * Takes an issued certificate into use; the device's one in use until now is superseded by it and
 * stays usable for the overlap that the device's profile has, and not beyond its own end.
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
      UPDATE certificate c SET state = 'superseded', renewal_due_at = NULL, retire_at = least(c.not_after, ${at}::timestamptz
        + make_interval(days => coalesce((p.certificate_policy ->> 'overlapDays')::integer, ${usualOverlapDays}::integer)))
      FROM device d JOIN profile p ON p.tenant_id = d.tenant_id AND p.id = d.profile_id
      WHERE c.tenant_id = ${certificate.tenantId}::uuid AND c.id <> ${certificate.id}::uuid
        AND c.state = 'active' AND c.device_id IN (SELECT device_id FROM activated)
        AND d.tenant_id = c.tenant_id AND d.id = c.device_id
      RETURNING c.id
    )
    SELECT EXISTS (SELECT FROM activated) AS activated,
           ARRAY(SELECT id::text FROM superseded) AS superseded`;
  const row = rows[0];
  return row?.activated === true ? row.superseded : undefined;
}
