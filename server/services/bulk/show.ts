import { countBulkDevices } from "#server/db/bulk-job-devices.ts";
import { findBulkJob } from "#server/services/bulk/internal.ts";
import { bulkJobRefSchema } from "#server/services/bulk/schemas.ts";
import { viewsOfBulkJobs } from "#server/services/bulk/to-view.ts";
import type { BulkJobDetail } from "#server/services/bulk/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** One bulk job and how many of its devices are in which state. */
export const showBulkJob = defineQuery({
  name: "bulk.show",
  can: "fleet.view",
  input: bulkJobRefSchema,
  run: async ({ ctx, tx, input }): Promise<BulkJobDetail> => {
    const { tenantId } = ctx;
    const job = await findBulkJob(tx, ctx, input.jobId);
    const [view] = await viewsOfBulkJobs(tx, [job], { tenantId, now: ctx.now() });
    if (view === undefined) throw new Error("A job that was just read has no view.");
    const counts = { waiting: 0, done: 0, unchanged: 0, failed: 0, skipped: 0 };
    for (const { state, devices } of await countBulkDevices(tx, { tenantId, id: job.id })) {
      counts[state] = devices;
    }
    return { ...view, counts };
  },
});
