import { noBatch } from "#server/services/batch/internal.ts";
import { batchRefSchema } from "#server/services/batch/schemas.ts";
import { viewOfBatch } from "#server/services/batch/to-view.ts";
import type { BatchView } from "#server/services/batch/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** A batch and how far it is. */
export const showBatch = defineQuery({
  name: "batch.show",
  can: "fleet.view",
  input: batchRefSchema,
  run: async ({ ctx, tx, input }): Promise<BatchView> => {
    const row = await tx.deviceBatch.findUnique({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: input.batchId } },
    });
    if (row === null) throw noBatch();
    return viewOfBatch(tx, row, ctx.now());
  },
});
