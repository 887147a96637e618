import { batchOptions } from "#server/domain/device-batch-schema.ts";
import { batchTarget, findBatch, personOf, requireState } from "#server/services/batch/internal.ts";
import { batchRefSchema } from "#server/services/batch/schemas.ts";
import { viewOfBatch } from "#server/services/batch/to-view.ts";
import { defineMutation, requireCapability } from "#server/services/mutation.ts";

/**
 * Has a checked batch created by a worker: all of its devices or none.
 * @throws ServiceError not_found, conflict (it is not checked, or started already), forbidden (its
 * certificates are not the caller's to issue)
 */
export const startBatch = defineMutation({
  name: "batch.start",
  can: "device.manage",
  input: batchRefSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const batch = await findBatch(tx, { tenantId, batchId: input.batchId });
    requireState(batch, ["ready"], "A batch is started once, after its check.");
    const { keys, quarantine } = batchOptions.parse(batch.options);
    if (keys === "csr" || keys === "generate") {
      await requireCapability(ctx, { name: "batch.start", can: "certificate.issue" });
    }
    const row = await tx.deviceBatch.update({
      where: { tenantId_id: { tenantId, id: batch.id } },
      data: {
        state: "creating",
        done: 0,
        error: "",
        startedAt: ctx.now(),
        startedBy: await personOf(tx, ctx),
        finishedAt: null,
        workerId: null,
        leaseUntil: null,
      },
    });
    return {
      value: await viewOfBatch(tx, row, ctx.now()),
      audit: { target: batchTarget(batch.id), payload: { devices: row.total, keys, quarantine } },
      control: { kind: "batch" as const, tenantId },
    };
  },
});
