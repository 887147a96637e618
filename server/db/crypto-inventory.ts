import type { Tx } from "#server/db/client.ts";

type Counted = { readonly count: number };

/** Key algorithms of certificates that count, by kind of holder. */
export async function countKeyAlgorithms(
  tx: Tx,
  { tenantId }: { readonly tenantId: string },
): Promise<readonly (Counted & { readonly algorithm: string; readonly issuer: string })[]> {
  return tx.$queryRaw`
    SELECT key_algorithm AS algorithm, issuer, count(*)::int AS count FROM certificate
    WHERE tenant_id = ${tenantId}::uuid AND state IN ('issued', 'active', 'superseded', 'suspended')
    GROUP BY 1, 2 ORDER BY 3 DESC`;
}

/** One certificate of each issuer, by which it is known how that issuer signs. */
export async function sampleOfEachIssuer(
  tx: Tx,
  { tenantId }: { readonly tenantId: string },
): Promise<readonly { readonly issuer: string; readonly pem: string }[]> {
  return tx.$queryRaw`
    SELECT DISTINCT ON (issuer) issuer, pem FROM certificate
    WHERE tenant_id = ${tenantId}::uuid AND state IN ('issued', 'active', 'superseded', 'suspended')
    ORDER BY issuer, issued_at DESC LIMIT 100`;
}

/** What the devices' newest connections negotiated. */
export async function countSuites(
  tx: Tx,
  { tenantId }: { readonly tenantId: string },
): Promise<readonly (Counted & { readonly version: string; readonly suite: string | null })[]> {
  return tx.$queryRaw`
    SELECT tls_version AS version, tls_cipher AS suite, count(*)::int AS count FROM device_status
    WHERE tenant_id = ${tenantId}::uuid AND tls_version IS NOT NULL
    GROUP BY 1, 2 ORDER BY 3 DESC`;
}

/** Keys that certificates of more than one device have, at most 100. */
export async function findSharedKeys(
  tx: Tx,
  { tenantId }: { readonly tenantId: string },
): Promise<readonly { readonly spkiSha256: string; readonly devices: readonly string[] }[]> {
  return tx.$queryRaw`
    WITH shared AS (
      SELECT spki_sha256 FROM certificate
      WHERE tenant_id = ${tenantId}::uuid AND state IN ('issued', 'active', 'superseded', 'suspended')
      GROUP BY spki_sha256 HAVING min(device_id::text) <> max(device_id::text) LIMIT 100
    )
    SELECT c.spki_sha256 AS "spkiSha256", array_agg(DISTINCT d.device_id ORDER BY d.device_id) AS devices
    FROM shared
    JOIN certificate c ON c.spki_sha256 = shared.spki_sha256 AND c.tenant_id = ${tenantId}::uuid
      AND c.state IN ('issued', 'active', 'superseded', 'suspended')
    JOIN device d ON d.tenant_id = ${tenantId}::uuid AND d.id = c.device_id
    GROUP BY 1 ORDER BY 1`;
}
