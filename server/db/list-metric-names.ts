import type { Tx } from "#server/db/client.ts";

export type MetricName = {
  readonly name: string;
  /** Of the newest schema version that has it. */
  readonly type: string;
  readonly unit: string | null;
};

/** The tenant's metrics by name, each once; at most `most`. */
export async function listMetricNames(
  tx: Tx,
  at: { readonly tenantId: string; readonly most: number },
): Promise<readonly MetricName[]> {
  return tx.$queryRaw<MetricName[]>`
    SELECT DISTINCT ON (name) name, type, unit FROM schema_field
    WHERE tenant_id = ${at.tenantId}::uuid
    ORDER BY name, schema_id DESC LIMIT ${at.most}`;
}
