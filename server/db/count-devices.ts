import type { Tx } from "#server/db/client.ts";
import { deviceTables } from "#server/db/device-columns.ts";
import { deviceFilterSql } from "#server/db/device-filter-sql.ts";
import type { FleetFilter } from "#server/domain/fleet-filter.ts";

/** How many devices match, counted up to `bound`. */
export async function countDevices(
  tx: Tx,
  at: { readonly filter: FleetFilter; readonly bound: number; readonly now: Date },
): Promise<number> {
  const rows = await tx.$queryRaw<{ readonly count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM ${deviceTables} WHERE ${deviceFilterSql(at.filter, at.now)} LIMIT ${at.bound}
    ) AS matching`;
  return rows[0]?.count ?? 0;
}
