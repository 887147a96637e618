import { campaignTargetSql } from "#server/db/campaign-target.ts";
import type { Tx } from "#server/db/client.ts";
import type { CampaignChoices } from "#server/domain/campaign.ts";

/** Reads the choices from the certificates in use and the devices that have them. */
export async function campaignChoicesOf(
  tx: Tx,
  at: { readonly tenantId: string; readonly now: Date },
): Promise<CampaignChoices> {
  const { tenantId } = at;
  const [row] = await tx.$queryRaw<{ choices: CampaignChoices }[]>`
    WITH target AS MATERIALIZED (${campaignTargetSql({}, { ...at, issuer: undefined })}), used AS (
      SELECT DISTINCT c.issuer, c.key_algorithm FROM target t
      JOIN certificate c ON c.tenant_id = ${tenantId}::uuid AND c.id = t.certificate_id)
    SELECT json_build_object(
      'issuers', (SELECT coalesce(json_agg(json_build_object('value', a.sha256, 'name', a.subject)
          ORDER BY a.created_at DESC), '[]')
        FROM certificate_authority a WHERE a.kind = 'issuing' AND a.subject IN (SELECT issuer FROM used)),
      'profiles', (SELECT coalesce(json_agg(json_build_object('value', p.id, 'name', p.name)
          ORDER BY p.name), '[]')
        FROM profile p WHERE p.tenant_id = ${tenantId}::uuid AND p.id IN (SELECT profile_id FROM target)),
      'tags', (SELECT coalesce(json_agg(tag ORDER BY tag), '[]') FROM (
        SELECT DISTINCT unnest(d.tags) AS tag FROM device d
        WHERE d.tenant_id = ${tenantId}::uuid AND d.id IN (SELECT device_id FROM target)
        ORDER BY 1 LIMIT 200) named),
      'keyAlgorithms', (SELECT coalesce(json_agg(DISTINCT key_algorithm), '[]') FROM used)
    ) AS choices`;
  return row?.choices ?? { issuers: [], profiles: [], tags: [], keyAlgorithms: [] };
}
