import { listBatchesSchema } from "#server/services/batch/schemas.ts";
import { viewOfBatch } from "#server/services/batch/to-view.ts";
import type { BatchList, BatchView } from "#server/services/batch/view.ts";
import { decodeCursor, encodeCursor } from "#server/services/dead-letter/cursor.ts";
import { defineQuery } from "#server/services/query.ts";

/** Batches of the organisation, the newest first. */
export const listBatches = defineQuery({
  name: "batch.list",
  can: "fleet.view",
  input: listBatchesSchema,
  run: async ({ ctx, tx, input }): Promise<BatchList> => {
    const { cursor, limit } = input;
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = await tx.deviceBatch.findMany({
      where: {
        tenantId: ctx.tenantId,
        ...(after !== undefined && {
          OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }],
        }),
      },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    const batches: BatchView[] = [];
    for (const row of page) batches.push(await viewOfBatch(tx, row, ctx.now()));
    const last = page.at(-1);
    const isMore = rows.length > limit && last !== undefined;
    return {
      batches,
      next: isMore ? encodeCursor({ at: last.createdAt, id: last.id }) : null,
    };
  },
});
