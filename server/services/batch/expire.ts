import { batchTarget, findBatch, requireState } from "#server/services/batch/internal.ts";
import { batchRefSchema } from "#server/services/batch/schemas.ts";
import { actorName } from "#server/services/context.ts";
import { defineMutation } from "#server/services/mutation.ts";

const reason = "No whole file came within a day.";

/**
 * Ends a batch that waits for its file in vain; what came of it is deleted.
 * @throws ServiceError not_found, conflict (its file has come)
 */
export const expireBatch = defineMutation({
  name: "batch.expire",
  can: "device.manage",
  input: batchRefSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const batch = await findBatch(tx, { tenantId, batchId: input.batchId });
    requireState(batch, ["receiving"], "Nothing was changed.");
    const { count } = await tx.deviceBatchRow.deleteMany({
      where: { tenantId, batchId: batch.id },
    });
    await tx.deviceBatch.update({
      where: { tenantId_id: { tenantId, id: batch.id } },
      data: {
        state: "cancelled",
        reason,
        decidedAt: ctx.now(),
        decidedBy: actorName(ctx.actor),
        workerId: null,
        leaseUntil: null,
      },
      select: { id: true },
    });
    return {
      value: { batchId: batch.id },
      audit: { target: batchTarget(batch.id), reason, payload: { rows: count } },
    };
  },
});
