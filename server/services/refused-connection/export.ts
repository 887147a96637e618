import { csvRecord } from "#server/domain/csv.ts";
import { refusalCsvHeader, refusalCsvRecord } from "#server/domain/refusal-csv.ts";
import type { Context } from "#server/services/context.ts";
import {
  listRefusedConnections,
  type RefusedConnectionPage,
} from "#server/services/refused-connection/list.ts";

const pageSize = 200;

/**
 * The matching refusals as CSV, page by page, so that many of them never stand in memory.
 * @param input as listRefusedConnections takes it; its cursor and limit do not count
 * @throws ServiceError as listRefusedConnections does, before the first record
 */
export async function exportRefusedConnections(
  ctx: Context,
  input: unknown,
): Promise<AsyncGenerator<string, void>> {
  const filter = input as Parameters<typeof listRefusedConnections>[1];
  const read = (cursor?: string) =>
    listRefusedConnections(ctx, {
      ...filter,
      limit: pageSize,
      cursor,
    });
  return records(read, await read());
}

async function* records(
  read: (cursor: string) => Promise<RefusedConnectionPage>,
  first: RefusedConnectionPage,
): AsyncGenerator<string, void> {
  yield csvRecord(refusalCsvHeader);
  let page = first;
  for (;;) {
    yield page.refusals.map((refusal) => csvRecord(refusalCsvRecord(refusal))).join("");
    if (page.next === null) return;
    page = await read(page.next);
  }
}
