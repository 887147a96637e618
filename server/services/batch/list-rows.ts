import type { Tx } from "#server/db/client.ts";
import { listRowsOfBatch } from "#server/db/list-batch-rows.ts";
import { noBatch } from "#server/services/batch/internal.ts";
import { listBatchRowsSchema } from "#server/services/batch/schemas.ts";
import type { BatchRowList } from "#server/services/batch/view.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";

/** Rows of a batch in the order of the file, with their problems. */
export const listBatchRows = defineQuery({
  name: "batch.listRows",
  can: "fleet.view",
  input: listBatchRowsSchema,
  run: async ({ ctx, tx, input }): Promise<BatchRowList> => {
    const { batchId, only, cursor, limit } = input;
    await requireBatch(tx, { tenantId: ctx.tenantId, batchId });
    const found = await listRowsOfBatch(tx, {
      tenantId: ctx.tenantId,
      batchId,
      onlyBad: only === "bad",
      onlyConnected: only === "connected",
      afterLine: lineOf(cursor),
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      rows: page.map(({ connectedAt, ...row }) => ({
        ...row,
        connectedAt: connectedAt?.toISOString() ?? null,
      })),
      next: found.length > limit && last !== undefined ? String(last.line) : null,
    };
  },
});

async function requireBatch(
  tx: Tx,
  at: { readonly tenantId: string; readonly batchId: string },
): Promise<void> {
  const found = await tx.deviceBatch.count({ where: { tenantId: at.tenantId, id: at.batchId } });
  if (found === 0) throw noBatch();
}

function lineOf(cursor: string | undefined): number {
  if (cursor === undefined) return -1;
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw new ServiceError("invalid", "This page does not exist.", {
    remedy: "Start again at the first page.",
  });
}
