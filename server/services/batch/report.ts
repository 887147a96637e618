import { csvRecord } from "#server/domain/csv.ts";
import { listBatchRows } from "#server/services/batch/list-rows.ts";
import type { BatchRowList } from "#server/services/batch/view.ts";
import type { Context } from "#server/services/context.ts";

const pageSize = 200;
const header = ["line", "device_id", "name", "serial", "problems"];

/**
 * The rows of a batch that cannot be used as CSV, page by page.
 * @throws ServiceError as listBatchRows does, before the first record
 */
export async function batchReport(
  ctx: Context,
  input: { readonly batchId: string },
): Promise<AsyncGenerator<string, void>> {
  const { batchId } = input;
  const read = (cursor?: string) =>
    listBatchRows(ctx, { batchId, only: "bad", limit: pageSize, cursor });
  return records(read, await read());
}

async function* records(
  read: (cursor: string) => Promise<BatchRowList>,
  first: BatchRowList,
): AsyncGenerator<string, void> {
  yield csvRecord(header);
  let page = first;
  for (;;) {
    yield page.rows
      .map(({ line, deviceId, name, serial, problems }) =>
        csvRecord([line, deviceId, name, serial, problems.join(" ")]),
      )
      .join("");
    if (page.next === null) return;
    page = await read(page.next);
  }
}
