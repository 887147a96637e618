import type { Database } from "#server/db/client.ts";

/** A pre-shared key that counts, as it is sealed. */
export type SealedPsk = {
  readonly id: string;
  readonly tenantId: string;
  readonly deviceId: string;
  /** Of the device, decimal: bigint arrives as text. */
  readonly deviceKey: string;
  readonly kind: "psk-primary" | "psk-secondary";
  readonly sealed: Buffer;
};

/**
 * Pre-shared keys that count, oldest first; over all tenants (ingest role).
 * @param wanted.deviceKeys of these devices; of all when absent
 */
export async function findPskKeys(
  db: Database,
  wanted: { readonly deviceKeys?: readonly string[]; readonly limit: number },
): Promise<readonly SealedPsk[]> {
  const { rows } = await db.pool.query<SealedPsk>(
    `SELECT c.id, c.tenant_id AS "tenantId", d.device_id AS "deviceId", d.key AS "deviceKey",
       c.kind, c.sealed_key AS sealed
     FROM device_credential c
     JOIN device d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
     WHERE c.revoked_at IS NULL AND c.kind LIKE 'psk-%' AND c.sealed_key IS NOT NULL
       AND ($1::bigint[] IS NULL OR d.key = ANY($1::bigint[]))
     ORDER BY c.created_at, c.id LIMIT $2`,
    [wanted.deviceKeys ?? null, wanted.limit],
  );
  return rows;
}
