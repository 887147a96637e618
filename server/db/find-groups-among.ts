import type { Tx } from "#server/db/client.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import { resolvedFilterSql } from "#server/db/device-filter-sql.ts";
import { Prisma } from "#server/db/generated/client.ts";
import type { ResolvedFilter } from "#server/db/resolve-fleet-filter.ts";

/** Questions of one statement: of many more, planning would take longer than answering. */
const atOnce = 25;

/** Ids of those of the groups to which some of the devices (UUIDs) belong. */
export async function findGroupsAmong(
  tx: Tx,
  groups: readonly { readonly id: string; readonly filter: ResolvedFilter }[],
  at: ReadAt & { readonly deviceIds: readonly string[] },
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (at.deviceIds.length === 0) return found;
  for (let first = 0; first < groups.length; first += atOnce) {
    const each = groups.slice(first, first + atOnce).map(({ id, filter }) => {
      const { from, where } = resolvedFilterSql(filter, at);
      return Prisma.sql`SELECT ${id}::text AS id WHERE EXISTS (SELECT 1 FROM ${from}
        WHERE ${where} AND d.id = ANY(${[...at.deviceIds]}::uuid[]))`;
    });
    const rows = await tx.$queryRaw<{ readonly id: string }[]>(Prisma.join(each, " UNION ALL "));
    for (const { id } of rows) found.add(id);
  }
  return found;
}
