import type { Tx } from "#server/db/client.ts";

export type MetricName = {
  readonly name: string;
  /** Of the newest schema version that has it. */
  readonly type: string;
  /** UCUM; null without one, and where schemas have it in different ones. */
  readonly unit: string | null;
};

/** The tenant's metrics by name, each once; at most `most`. */
export async function listMetricNames(
  tx: Tx,
  at: { readonly tenantId: string; readonly most: number },
): Promise<readonly MetricName[]> {
  return tx.$queryRaw<MetricName[]>`
    SELECT name, (array_agg(type ORDER BY schema_id DESC))[1] AS type,
      CASE WHEN count(DISTINCT unit) = 1 THEN max(unit) END AS unit
    FROM schema_field WHERE tenant_id = ${at.tenantId}::uuid
    GROUP BY name ORDER BY name LIMIT ${at.most}`;
}
