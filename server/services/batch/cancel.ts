import { batchTarget, findBatch, requireState } from "#server/services/batch/internal.ts";
import { batchRefSchema } from "#server/services/batch/schemas.ts";
import { viewOfBatch } from "#server/services/batch/to-view.ts";
import { actorName } from "#server/services/context.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Ends a batch before its devices exist; its rows are deleted, with the keys that were made for them.
 * @throws ServiceError not_found, conflict (its devices exist, or it has ended)
 */
export const cancelBatch = defineMutation({
  name: "batch.cancel",
  can: "device.manage",
  input: batchRefSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const batch = await findBatch(tx, { tenantId, batchId: input.batchId });
    requireState(
      batch,
      ["receiving", "checking", "refused", "ready", "creating", "failed"],
      "Its devices exist: approve or reject it.",
    );
    await tx.deviceBatchRow.deleteMany({ where: { tenantId, batchId: batch.id } });
    const row = await tx.deviceBatch.update({
      where: { tenantId_id: { tenantId, id: batch.id } },
      data: {
        state: "cancelled",
        decidedAt: ctx.now(),
        decidedBy: actorName(ctx.actor),
        finishedAt: ctx.now(),
        workerId: null,
        leaseUntil: null,
      },
    });
    return {
      value: await viewOfBatch(tx, row, ctx.now()),
      audit: { target: batchTarget(batch.id), payload: { before: { state: batch.state } } },
    };
  },
});
