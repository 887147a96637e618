import { readBundleRows, type BundleRow } from "#server/db/read-batch-bundle.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { Context } from "#server/services/context.ts";

const pageSize = 200;

/** The rows of a batch in the order of the file, page by page. */
export async function* rowsOfBatch(
  ctx: Context,
  batchId: string,
): AsyncGenerator<readonly BundleRow[], void> {
  const { tenantId } = ctx;
  for (let afterLine = -1; ;) {
    const at = { tenantId, batchId, afterLine, limit: pageSize };
    const rows = await withTenant(ctx, (tx) => readBundleRows(tx, at));
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    afterLine = last.line;
  }
}
