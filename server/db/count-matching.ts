import type { Tx } from "#server/db/client.ts";
import type { DeviceFilterSql } from "#server/db/device-filter-sql.ts";

/** How many devices a selection as SQL means, counted up to `bound`. */
export async function countMatching(
  tx: Tx,
  { filter, bound }: { readonly filter: DeviceFilterSql; readonly bound: number },
): Promise<number> {
  const rows = await tx.$queryRaw<{ readonly count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM ${filter.from} WHERE ${filter.where} LIMIT ${bound}) AS matching`;
  return rows[0]?.count ?? 0;
}
