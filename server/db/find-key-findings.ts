import type { Database } from "#server/db/client.ts";
import type { RsaKeys, SharedKey } from "#server/domain/alert-rules-seen.ts";

/** Keys that more than one device of an organisation has a usable certificate for. */
export async function findSharedKeys(db: Database, limit: number): Promise<readonly SharedKey[]> {
  const result = await db.pool.query<SharedKey>(
    `SELECT c.tenant_id AS "tenantId", c.spki_sha256 AS "spkiSha256", count(DISTINCT c.device_id)::integer AS devices,
       (array_agg(DISTINCT d.device_id ORDER BY d.device_id))[1:5] AS "deviceIds"
     FROM (SELECT tenant_id, spki_sha256 FROM certificate WHERE state IN ('issued', 'active', 'superseded')
       GROUP BY tenant_id, spki_sha256 HAVING min(device_id::text) <> max(device_id::text)) AS shared
     JOIN certificate c USING (tenant_id, spki_sha256)
     JOIN device d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
     WHERE c.state IN ('issued', 'active', 'superseded')
     GROUP BY c.tenant_id, c.spki_sha256 LIMIT $1`,
    [limit],
  );
  return result.rows;
}

/** How many devices of each profile have RSA keys of which length. */
export async function findRsaKeys(db: Database, limit: number): Promise<readonly RsaKeys[]> {
  const result = await db.pool.query<RsaKeys>(
    `SELECT k.tenant_id AS "tenantId", p.id AS "profileId", p.name AS "profileName",
       substring(k.key_algorithm FROM '[0-9]+')::integer AS bits, count(DISTINCT k.device_id)::integer AS devices
     FROM certificate k
     JOIN device d ON d.tenant_id = k.tenant_id AND d.id = k.device_id AND d.state <> 'decommissioned'
     JOIN profile p ON p.tenant_id = d.tenant_id AND p.id = d.profile_id
     WHERE k.state IN ('issued', 'active') AND k.key_algorithm ~ '^RSA [0-9]{3,5}$'
     GROUP BY k.tenant_id, p.id, p.name, k.key_algorithm ORDER BY bits LIMIT $1`,
    [limit],
  );
  return result.rows;
}
