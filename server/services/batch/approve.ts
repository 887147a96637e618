import { activateBatchDevices } from "#server/db/batch-decision.ts";
import { batchFigures } from "#server/db/batch-figures.ts";
import type { Tx } from "#server/db/client.ts";
import type { DeviceBatch } from "#server/db/generated/client.ts";
import { batchTarget, findBatch, personOf, requireState } from "#server/services/batch/internal.ts";
import { approveBatchSchema } from "#server/services/batch/schemas.ts";
import { viewOfBatch } from "#server/services/batch/to-view.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { releaseKept } from "#server/services/dead-letter/release-kept.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Lets the devices of a batch out of quarantine, by another person than the one who started it. What
 * they sent meanwhile is put into the series unless `replay` says otherwise.
 * @throws ServiceError not_found, forbidden, conflict (the same person; too few devices have connected;
 *   it was decided already)
 */
export const approveBatch = defineMutation({
  name: "batch.approve",
  can: "batch.approve",
  input: approveBatchSchema,
  timeoutMs: 120_000,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { batchId, replay } = input;
    const batch = await findBatch(tx, { tenantId, batchId });
    requireState(batch, ["sampling"], "Nothing was changed.");
    await requireAnotherPerson(tx, ctx, batch);
    const sampled = await requireSample(tx, batch);
    const devices = await activateBatchDevices(tx, { tenantId, batchId });
    const reason = `Batch “${batch.name}” was approved.`;
    const letters = replay ? await releaseKept(tx, ctx, { of: batchId, reason }) : 0;
    const row = await tx.deviceBatch.update({
      where: { tenantId_id: { tenantId, id: batchId } },
      data: { state: "approved", decidedAt: ctx.now(), decidedBy: actorName(ctx.actor) },
    });
    return {
      value: await viewOfBatch(tx, row, ctx.now()),
      audit: {
        target: batchTarget(batchId),
        payload: { devices, sampled, startedBy: batch.startedBy, replayed: letters },
      },
      control: { kind: "fleet" as const, tenantId },
    };
  },
});

/** Whoever brings ten thousand devices in does not let them out alone. */
async function requireAnotherPerson(tx: Tx, ctx: Context, batch: DeviceBatch): Promise<void> {
  if ((await personOf(tx, ctx)) !== batch.startedBy) return;
  throw new ServiceError("conflict", "You started this batch, so another person must approve it.", {
    remedy: "Ask somebody who may approve batches. A token counts as the person who made it.",
  });
}

async function requireSample(tx: Tx, batch: DeviceBatch): Promise<number> {
  const { tenantId, id: batchId, total } = batch;
  const needed = Math.min(batch.sampleSize, total);
  const { sampled } = await batchFigures(tx, { tenantId, batchId });
  if (sampled >= needed) return sampled;
  const words = `${sampled} of the ${needed} devices of the sample have connected.`;
  throw new ServiceError("conflict", words, {
    remedy: `Connect ${needed - sampled} more, any of the batch, then approve it.`,
  });
}
