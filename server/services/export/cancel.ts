import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { exportTarget, findExport } from "#server/services/export/internal.ts";
import { exportRefSchema } from "#server/services/export/schemas.ts";
import { viewOfExport } from "#server/services/export/to-view.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Ends an export that waits or runs, or lets go of the file of one that is done before its time.
 * @throws ServiceError forbidden, not_found, conflict (there is nothing to end)
 */
export const cancelExport = defineMutation({
  name: "export.cancel",
  can: "telemetry.export",
  input: exportRefSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const now = ctx.now();
    const { id } = await findExport(tx, ctx, input.exportId);
    const by = actorName(ctx.actor);
    const ended = await tx.exportJob.updateMany({
      where: { tenantId, id, state: { in: ["queued", "running"] } },
      data: {
        state: "cancelled",
        error: `${by} cancelled it.`,
        finishedAt: now,
        leaseUntil: null,
        leaseOwner: null,
      },
    });
    const deleted =
      ended.count > 0
        ? { count: 0 }
        : await tx.exportJob.updateMany({
            where: { tenantId, id, state: "done", expiresAt: { gt: now } },
            data: { expiresAt: now, error: `${by} deleted the file.` },
          });
    if (ended.count + deleted.count === 0) {
      throw new ServiceError("conflict", "The export has ended, and its file is not kept.", {
        remedy: "Nothing was changed.",
      });
    }
    const job = await findExport(tx, ctx, id);
    return {
      value: viewOfExport(job, now),
      audit: {
        target: exportTarget(id),
        payload: { ended: ended.count > 0, fileDeleted: deleted.count > 0 },
      },
      control: { kind: "work", tenantId },
    };
  },
});
