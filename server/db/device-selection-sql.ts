import type { Tx } from "#server/db/client.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import { deviceFilterSql, type DeviceFilterSql } from "#server/db/device-filter-sql.ts";
import { Prisma } from "#server/db/generated/client.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import { everyDevice } from "#server/domain/fleet-filter.ts";

/**
 * A selection as SQL over the alias `d`. A group is read in the same transaction; one that is not
 * there matches nothing.
 */
export async function deviceSelectionSql(
  tx: Tx,
  selection: DeviceSelection,
  at: ReadAt,
): Promise<DeviceFilterSql> {
  switch (selection.by) {
    case "devices":
      return {
        from: Prisma.sql`device d`,
        where: Prisma.sql`d.tenant_id = ${at.tenantId}::uuid AND d.id = ANY(${[...selection.ids]}::uuid[])`,
      };
    case "filter":
      return deviceFilterSql(tx, selection.filter, at);
    case "group":
      return deviceFilterSql(tx, { ...everyDevice.filter, groupIds: [selection.groupId] }, at);
  }
}
