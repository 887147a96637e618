import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";
import type { LatestFields } from "#server/db/read-latest.ts";

export type LatestValuesRow = { readonly deviceKey: bigint; readonly fields: LatestFields };

/** Newest values of devices; without `metrics` all of each. */
export async function readLatestValues(
  tx: Tx,
  at: { readonly deviceKeys: readonly bigint[]; readonly metrics: readonly string[] },
): Promise<readonly LatestValuesRow[]> {
  // Only what is wanted leaves the database: a device may have hundreds of fields.
  const fields =
    at.metrics.length === 0
      ? Prisma.sql`l.fields`
      : Prisma.sql`(SELECT coalesce(jsonb_object_agg(m.name, l.fields -> m.name), '{}')
          FROM unnest(${[...at.metrics]}::text[]) AS m(name) WHERE l.fields -> m.name IS NOT NULL)`;
  // Keys as values, not as a join: through the view's barrier only those reach the index.
  return tx.$queryRaw<LatestValuesRow[]>`
    SELECT l.device_key AS "deviceKey", ${fields} AS fields FROM telemetry.visible_latest l
    WHERE l.device_key = ANY(${[...at.deviceKeys]}::bigint[])`;
}
