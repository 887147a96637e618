import { viewsOfBulkJobs } from "#server/services/bulk/to-view.ts";
import { decodeCursor, encodeCursor } from "#server/services/dead-letter/cursor.ts";
import { viewOfExport } from "#server/services/export/to-view.ts";
import { defineQuery } from "#server/services/query.ts";
import { listWorkSchema } from "#server/services/work/schemas.ts";
import type { WorkEntry, WorkList } from "#server/services/work/view.ts";

/** Bulk changes and exports of the organisation as one list, the newest first. */
export const listWork = defineQuery({
  name: "work.list",
  can: "fleet.view",
  input: listWorkSchema,
  run: async ({ ctx, tx, input }): Promise<WorkList> => {
    const { tenantId } = ctx;
    const { cursor, limit } = input;
    const now = ctx.now();
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const page = {
      where: {
        tenantId,
        ...(after !== undefined && {
          OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }],
        }),
      },
      orderBy: [{ createdAt: "desc" as const }, { id: "desc" as const }],
      take: limit + 1,
    };
    const jobs = await viewsOfBulkJobs(tx, await tx.bulkJob.findMany(page), { tenantId, now });
    const files = await tx.exportJob.findMany(page);
    const both: WorkEntry[] = [
      ...jobs.map((work) => ({ kind: "bulk" as const, work })),
      ...files.map((row) => ({ kind: "export" as const, work: viewOfExport(row, now) })),
    ];
    const sorted = both.toSorted(
      (one, other) =>
        compare(other.work.createdAt, one.work.createdAt) || compare(other.work.id, one.work.id),
    );
    const work = sorted.slice(0, limit);
    const last = work.at(-1)?.work;
    return {
      work,
      next:
        sorted.length > limit && last !== undefined
          ? encodeCursor({ at: new Date(last.createdAt), id: last.id })
          : null,
    };
  },
});

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
