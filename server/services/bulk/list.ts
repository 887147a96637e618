import { listBulkJobsSchema } from "#server/services/bulk/schemas.ts";
import { viewsOfBulkJobs } from "#server/services/bulk/to-view.ts";
import type { BulkJobList } from "#server/services/bulk/view.ts";
import { decodeCursor, encodeCursor } from "#server/services/dead-letter/cursor.ts";
import { defineQuery } from "#server/services/query.ts";

/** Bulk jobs of the organisation, the newest first. */
export const listBulkJobs = defineQuery({
  name: "bulk.list",
  can: "fleet.view",
  input: listBulkJobsSchema,
  run: async ({ ctx, tx, input }): Promise<BulkJobList> => {
    const { tenantId } = ctx;
    const { cursor, limit } = input;
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = await tx.bulkJob.findMany({
      where: {
        tenantId,
        ...(after !== undefined && {
          OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }],
        }),
      },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const isMore = rows.length > limit && last !== undefined;
    return {
      jobs: await viewsOfBulkJobs(tx, page, { tenantId, now: ctx.now() }),
      next: isMore ? encodeCursor({ at: last.createdAt, id: last.id }) : null,
    };
  },
});
