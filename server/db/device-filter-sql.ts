import type { Tx } from "#server/db/client.ts";
import { ofTenant, type ReadAt } from "#server/db/device-columns.ts";
import { deviceTestSql } from "#server/db/device-test-sql.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { resolveFleetFilter, type ResolvedFilter } from "#server/db/resolve-fleet-filter.ts";
import type { FleetFilter } from "#server/domain/fleet-filter.ts";

/** Matching devices: `FROM device d`, and a condition that mentions no other alias outside itself. */
export type DeviceFilterSql = { readonly from: Prisma.Sql; readonly where: Prisma.Sql };

/** The filter as SQL. Decommissioned devices match only on request. */
export async function deviceFilterSql(
  tx: Tx,
  filter: FleetFilter,
  at: ReadAt,
): Promise<DeviceFilterSql> {
  return resolvedFilterSql(await resolveFleetFilter(tx, at.tenantId, filter), at);
}

/** All devices of an organisation, those out of service as well. */
export function allDevicesSql(tenantId: string): DeviceFilterSql {
  return { from: Prisma.sql`device d`, where: ofTenant("d", tenantId) };
}

/** A filter whose names are looked up, as SQL. */
export function resolvedFilterSql(filter: ResolvedFilter, at: ReadAt): DeviceFilterSql {
  const conditions = [ofTenant("d", at.tenantId), ...conditionsOf(filter, at)];
  return { from: Prisma.sql`device d`, where: Prisma.join(conditions, " AND ") };
}

function conditionsOf(filter: ResolvedFilter, at: ReadAt): Prisma.Sql[] {
  const conditions = filter.tests.map((test) => {
    const sql = test.kind === "groups" ? groupsSql(test.filters, at) : deviceTestSql(test, at);
    // A test of what is not known is neither true nor false; its opposite is then true.
    return test.negated ? Prisma.sql`(${sql}) IS NOT TRUE` : sql;
  });
  // Said positively: under row-level security the planner takes <> for "matches nothing".
  if (!filter.decommissioned) {
    conditions.unshift(Prisma.sql`d.state IN ('active', 'suspended', 'quarantined')`);
  }
  return conditions;
}

function groupsSql(filters: readonly ResolvedFilter[], at: ReadAt): Prisma.Sql {
  const each = filters.map((filter) => {
    const conditions = conditionsOf(filter, at);
    return conditions.length === 0
      ? Prisma.sql`true`
      : Prisma.sql`(${Prisma.join(conditions, " AND ")})`;
  });
  return Prisma.sql`(${Prisma.join(each, " OR ")})`;
}
