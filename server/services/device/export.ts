import { csvRecord } from "#server/domain/csv.ts";
import { fleetCsvHeader, fleetCsvRecord } from "#server/domain/fleet-csv.ts";
import type { Context } from "#server/services/context.ts";
import { listDevices, type DeviceList } from "#server/services/device/list.ts";

const pageSize = 200;

/**
 * The matching devices as CSV, page by page, so that a large fleet never stands in memory.
 * @param input as listDevices takes it; its cursor and limit do not count
 * @throws ServiceError as listDevices does, before the first record
 */
export async function exportDevices(
  ctx: Context,
  input: unknown,
): Promise<AsyncGenerator<string, void>> {
  const view = input as Parameters<typeof listDevices>[1];
  const first = await listDevices(ctx, { ...view, limit: pageSize });
  return records(ctx, view, first);
}

async function* records(
  ctx: Context,
  view: Parameters<typeof listDevices>[1],
  first: DeviceList,
): AsyncGenerator<string, void> {
  yield csvRecord(fleetCsvHeader);
  let page = first;
  for (;;) {
    yield page.devices.map((device) => csvRecord(fleetCsvRecord(device))).join("");
    if (page.nextCursor === null) return;
    page = await listDevices(ctx, { ...view, limit: pageSize, cursor: page.nextCursor });
  }
}
