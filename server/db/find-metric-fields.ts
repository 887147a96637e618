import type { Tx } from "#server/db/client.ts";

/** A field of one schema version: where its numbers are. */
export type MetricField = {
  readonly schemaId: number;
  readonly position: number;
  readonly name: string;
  readonly type: string;
  readonly unit: string | null;
};

/** The fields with these names in every schema version of the tenant, newest version first. */
export async function findMetricFields(
  tx: Tx,
  at: { readonly tenantId: string; readonly names: readonly string[] },
): Promise<readonly MetricField[]> {
  return tx.$queryRaw<MetricField[]>`
    SELECT schema_id AS "schemaId", position, name, type, unit FROM schema_field
    WHERE tenant_id = ${at.tenantId}::uuid AND name = ANY(${[...at.names]}::text[])
    ORDER BY schema_id DESC LIMIT 5000`;
}

/** All fields of some schema versions. */
export async function findSchemaFields(
  tx: Tx,
  at: { readonly tenantId: string; readonly schemaIds: readonly number[] },
): Promise<readonly MetricField[]> {
  return tx.$queryRaw<MetricField[]>`
    SELECT schema_id AS "schemaId", position, name, type, unit FROM schema_field
    WHERE tenant_id = ${at.tenantId}::uuid AND schema_id = ANY(${[...at.schemaIds]}::integer[])
    ORDER BY schema_id DESC, position LIMIT 20000`;
}
