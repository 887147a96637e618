import type { Tx } from "#server/db/client.ts";

/** Those of the names that some schema version of the tenant has a field of. */
export async function findKnownMetrics(
  tx: Tx,
  at: { readonly tenantId: string; readonly names: readonly string[] },
): Promise<readonly string[]> {
  if (at.names.length === 0) return [];
  const rows = await tx.$queryRaw<{ name: string }[]>`
    SELECT DISTINCT name FROM schema_field
    WHERE tenant_id = ${at.tenantId}::uuid AND name = ANY(${[...at.names]}::text[])`;
  return rows.map(({ name }) => name);
}
