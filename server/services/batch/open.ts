import { ServiceError } from "#server/services/errors.ts";
import { batchTarget } from "#server/services/batch/internal.ts";
import { openBatchSchema } from "#server/services/batch/schemas.ts";
import { actorName } from "#server/services/context.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Opens a batch for a file that is yet to be sent.
 * @throws ServiceError not_found (profile)
 */
export const openBatch = defineMutation({
  name: "batch.open",
  can: "device.manage",
  input: openBatchSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { name, profileId, source, options, fileName } = input;
    const profile = await tx.profile.findFirst({
      where: { tenantId, id: profileId },
      select: { name: true },
    });
    if (profile === null) {
      throw new ServiceError("not_found", "There is no such profile.", {
        remedy: "Choose one of the list of profiles.",
        fields: [{ path: "profileId", message: "There is no such profile." }],
      });
    }
    const batch = await tx.deviceBatch.create({
      data: {
        tenantId,
        name,
        profileId,
        source,
        options,
        fileName,
        sampleSize: options.quarantine ? options.sampleSize : 0,
        createdAt: ctx.now(),
        createdBy: actorName(ctx.actor),
      },
      select: { id: true },
    });
    return {
      value: { batchId: batch.id },
      audit: {
        target: batchTarget(batch.id),
        payload: { name, source, profile: profile.name, keys: options.keys, fileName },
      },
    };
  },
});
