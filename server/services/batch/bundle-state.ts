import { randomUUID } from "node:crypto";
import { z } from "zod";
import { withTenant } from "#server/db/tenant.ts";
import { batchOptions } from "#server/domain/device-batch-schema.ts";
import { batchTarget, findBatch } from "#server/services/batch/internal.ts";
import { batchRefSchema } from "#server/services/batch/schemas.ts";
import { bundleOf } from "#server/services/batch/to-view.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** For so long after its last sign of life a download keeps others from beginning. */
const leaseMs = 60_000;

/**
 * Begins handing out the keys of a batch; recorded before the first byte.
 * @throws ServiceError not_found, conflict
 */
export const beginBundle = defineMutation({
  name: "batch.bundle",
  can: "certificate.issue",
  input: batchRefSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const batch = await findBatch(tx, { tenantId, batchId: input.batchId });
    const now = ctx.now();
    const state = bundleOf(batch);
    if (state === "handed_out") {
      const words = `The keys of “${batch.name}” were handed out to ${batch.bundleBy} and erased.`;
      throw new ServiceError("conflict", words, {
        remedy: "Issue new certificates or keys for the devices that lost theirs.",
      });
    }
    if (state === "none") {
      throw new ServiceError("conflict", `“${batch.name}” has no keys to hand out.`, {
        remedy:
          "There is something to hand out when its devices exist and have keys or certificates.",
      });
    }
    if (batch.leaseUntil !== null && batch.leaseUntil > now) {
      throw new ServiceError("conflict", "Somebody is downloading these keys at the moment.", {
        remedy: "Wait until that has ended.",
      });
    }
    const readerId = randomUUID();
    await tx.deviceBatch.update({
      where: { tenantId_id: { tenantId, id: batch.id } },
      data: { workerId: readerId, leaseUntil: new Date(now.getTime() + leaseMs) },
      select: { id: true },
    });
    return {
      value: { batch, readerId },
      audit: { target: batchTarget(batch.id), payload: { devices: batch.total } },
    };
  },
});

/** Records that the keys were read to the end, and erases them. */
export const endBundle = defineMutation({
  name: "batch.bundleHandedOut",
  can: "certificate.issue",
  input: batchRefSchema.extend({ readerId: z.uuid() }),
  timeoutMs: 120_000,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const batch = await findBatch(tx, { tenantId, batchId: input.batchId });
    if (batch.workerId !== input.readerId) {
      throw new ServiceError("conflict", "Somebody else downloads these keys by now.", {
        remedy: "Begin again.",
      });
    }
    const hasSecrets = batchOptions.parse(batch.options).keys !== "csr";
    const { count } = await tx.deviceBatchRow.updateMany({
      where: { tenantId, batchId: batch.id, sealedSecret: { not: null } },
      data: { sealedSecret: null },
    });
    await tx.deviceBatch.update({
      where: { tenantId_id: { tenantId, id: batch.id } },
      data: {
        workerId: null,
        leaseUntil: null,
        ...(hasSecrets && { bundleAt: ctx.now(), bundleBy: actorName(ctx.actor) }),
      },
      select: { id: true },
    });
    return {
      value: { erased: count },
      audit: { target: batchTarget(batch.id), payload: { erased: count } },
    };
  },
});

/**
 * Lets others begin after a download that was broken off, or with `keep` keeps them waiting. The keys
 * stay as they are.
 */
export async function leaveBundle(
  ctx: Context,
  at: { readonly batchId: string; readonly readerId: string; readonly keep?: boolean },
): Promise<void> {
  const { tenantId } = ctx;
  const leaseUntil = at.keep === true ? new Date(ctx.now().getTime() + leaseMs) : null;
  await withTenant(ctx, (tx) =>
    tx.deviceBatch.updateMany({
      where: { tenantId, id: at.batchId, workerId: at.readerId },
      data: { leaseUntil },
    }),
  );
}
