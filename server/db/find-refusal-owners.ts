import type { Database } from "#server/db/client.ts";

/** To whom the refusals of a claimed id belong. */
export type RefusalOwner = { readonly tenantId: string; readonly deviceKey: bigint | null };

/**
 * Tenants of claimed device ids and of user names of service clients, also of one that does not
 * exist when it names an organisation. Any other id belongs to the operator's organisation.
 * @returns by claimed id; ids are missing only while the installation has no organisation
 */
export async function findRefusalOwners(
  db: Database,
  claimedIds: readonly string[],
): Promise<Map<string, RefusalOwner>> {
  const { rows } = await db.pool.query<{ id: string; tenantId: string | null; key: string | null }>(
    `SELECT c.id, COALESCE(d.tenant_id, t.id, o.id) AS "tenantId", d.key
     FROM unnest($1::text[]) AS c(id)
     LEFT JOIN device d ON d.device_id = c.id
     LEFT JOIN tenant t ON t.slug = substring(c.id FROM '@([^@]+)$')
     LEFT JOIN (SELECT id FROM tenant WHERE operator ORDER BY created_at LIMIT 1) o ON true`,
    [claimedIds],
  );
  const owners = new Map<string, RefusalOwner>();
  for (const { id, tenantId, key } of rows) {
    if (tenantId === null) continue;
    owners.set(id, { tenantId, deviceKey: key === null ? null : BigInt(key) });
  }
  return owners;
}
