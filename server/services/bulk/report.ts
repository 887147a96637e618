import { csvRecord } from "#server/domain/csv.ts";
import { listBulkJobDevices } from "#server/services/bulk/list-devices.ts";
import type { BulkDeviceList } from "#server/services/bulk/view.ts";
import type { Context } from "#server/services/context.ts";

const pageSize = 1_000;
const header = ["device_id", "uuid", "name", "state", "detail", "finished_at"];

/**
 * What became of each device of a bulk job, as CSV, page by page.
 * @throws ServiceError as listBulkJobDevices does, before the first record
 */
export async function bulkReport(
  ctx: Context,
  input: { readonly jobId: string },
): Promise<AsyncGenerator<string, void>> {
  const { jobId } = input;
  const read = (cursor?: string) => listBulkJobDevices(ctx, { jobId, limit: pageSize, cursor });
  return records(read, await read());
}

async function* records(
  read: (cursor: string) => Promise<BulkDeviceList>,
  first: BulkDeviceList,
): AsyncGenerator<string, void> {
  yield csvRecord(header);
  let page = first;
  for (;;) {
    yield page.devices
      .map((each) =>
        csvRecord([each.deviceId, each.id, each.name, each.state, each.detail, each.finishedAt]),
      )
      .join("");
    if (page.next === null) return;
    page = await read(page.next);
  }
}
