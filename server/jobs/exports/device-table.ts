import { readExportDevices } from "#server/db/read-export-devices.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { Row } from "#server/jobs/exports/column.ts";
import { deviceExportColumns, deviceRow } from "#server/jobs/exports/device-row.ts";
import type { Table } from "#server/jobs/exports/table.ts";
import type { Context } from "#server/services/context.ts";

/** The devices themselves, one row each. */
export function deviceTable(ctx: Context): Table {
  return {
    columns: deviceExportColumns,
    devicesAtOnce: 500,
    pages: (keys) => devicePages(ctx, keys),
  };
}

async function* devicePages(
  ctx: Context,
  keys: readonly bigint[],
): AsyncGenerator<readonly Row[], void> {
  const { tenantId } = ctx;
  const rows = await withTenant(ctx, (tx) => readExportDevices(tx, { tenantId, keys }));
  yield rows.map(deviceRow);
}
