import { endBatchDevices, findBatchCertificates } from "#server/db/batch-decision.ts";
import { joinByHashing } from "#server/db/batch-rows.ts";
import { batchTarget, findBatch, requireState } from "#server/services/batch/internal.ts";
import { rejectBatchSchema } from "#server/services/batch/schemas.ts";
import { viewOfBatch } from "#server/services/batch/to-view.ts";
import { recordRevocation } from "#server/services/certificate/record-revocation.ts";
import { actorName } from "#server/services/context.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Ends the devices of a batch for good: certificates and credentials are revoked, connections dropped,
 * keys that were not handed out erased. What they sent stays with the dead letters.
 * @throws ServiceError not_found, conflict (it was decided already, or there are no devices yet)
 */
export const rejectBatch = defineMutation({
  name: "batch.reject",
  can: "batch.approve",
  input: rejectBatchSchema,
  timeoutMs: 120_000,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { batchId, reason } = input;
    const batch = await findBatch(tx, { tenantId, batchId });
    requireState(
      batch,
      ["sampling"],
      "Nothing was changed. Devices can be decommissioned one by one.",
    );
    await joinByHashing(tx);
    const ended = await endBatchDevices(tx, { tenantId, batchId, now: ctx.now() });
    const revoked = await recordRevocation(tx, ctx, {
      certificates: await findBatchCertificates(tx, { tenantId, batchId }),
      kind: "revoked",
      reason: "cessation_of_operation",
    });
    await tx.deviceBatchRow.updateMany({
      where: { tenantId, batchId, sealedSecret: { not: null } },
      data: { sealedSecret: null },
    });
    const row = await tx.deviceBatch.update({
      where: { tenantId_id: { tenantId, id: batchId } },
      data: { state: "rejected", reason, decidedAt: ctx.now(), decidedBy: actorName(ctx.actor) },
    });
    return {
      value: await viewOfBatch(tx, row, ctx.now()),
      audit: {
        target: batchTarget(batchId),
        reason,
        payload: { ...ended, certificates: revoked.length },
      },
      control: { kind: "fleet" as const, tenantId },
    };
  },
});
