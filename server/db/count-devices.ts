import type { Tx } from "#server/db/client.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import { resolvedFilterSql } from "#server/db/device-filter-sql.ts";
import type { ResolvedFilter } from "#server/db/resolve-fleet-filter.ts";

/** How many devices match, counted up to `bound`. */
export async function countDevices(
  tx: Tx,
  at: ReadAt & { readonly filter: ResolvedFilter; readonly bound: number },
): Promise<number> {
  const { from, where } = resolvedFilterSql(at.filter, at);
  const rows = await tx.$queryRaw<{ readonly count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM ${from} WHERE ${where} LIMIT ${at.bound}
    ) AS matching`;
  return rows[0]?.count ?? 0;
}
