import type { z } from "zod";
import { withTenant } from "#server/db/tenant.ts";
import { bulkCapability } from "#server/domain/bulk-action.ts";
import { actionOf, bulkTarget, findBulkJob } from "#server/services/bulk/internal.ts";
import { bulkJobRefSchema } from "#server/services/bulk/schemas.ts";
import { viewsOfBulkJobs } from "#server/services/bulk/to-view.ts";
import type { BulkJobView } from "#server/services/bulk/view.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { parseInput } from "#server/services/input.ts";
import { defineMutation, requireCapability } from "#server/services/mutation.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

const name = "bulk.cancel";

const cancel = defineMutation({
  name,
  can: "fleet.view",
  input: bulkJobRefSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const job = await findBulkJob(tx, ctx, input.jobId);
    // Waits for the batch at work, and keeps the next one from beginning.
    const { count } = await tx.bulkJob.updateMany({
      where: { tenantId, id: job.id, state: { in: ["queued", "running"] } },
      data: {
        state: "cancelled",
        cancelledBy: actorName(ctx.actor),
        finishedAt: ctx.now(),
        leaseUntil: null,
        leaseOwner: null,
      },
    });
    if (count === 0) {
      throw new ServiceError("conflict", "The job has ended already.", {
        remedy: "Nothing was changed.",
      });
    }
    const ended = await findBulkJob(tx, ctx, input.jobId);
    const [view] = await viewsOfBulkJobs(tx, [ended], { tenantId, now: ctx.now() });
    if (view === undefined) throw new Error("A job that was just read has no view.");
    const { total, done, unchanged, failed } = view;
    return {
      value: view,
      audit: { target: bulkTarget(job.id), payload: { total, done, unchanged, failed } },
      control: { kind: "work", tenantId },
    };
  },
});

/**
 * Ends a bulk job after the batch at work. What was changed stays changed.
 * @throws ServiceError forbidden (what its action needs), not_found, conflict (it has ended)
 */
export const cancelBulkJob = Object.assign(
  async (ctx: Context, raw: z.input<typeof bulkJobRefSchema>): Promise<BulkJobView> => {
    const { jobId } = parseInput(bulkJobRefSchema, raw);
    const job = await translateDatabaseError(() =>
      withTenant(ctx, (tx) => findBulkJob(tx, ctx, jobId)),
    );
    await requireCapability(ctx, { name, can: bulkCapability(actionOf(job)) });
    return cancel(ctx, { jobId });
  },
  { can: cancel.can, input: bulkJobRefSchema } as const,
);
Object.defineProperty(cancelBulkJob, "name", { value: name });
