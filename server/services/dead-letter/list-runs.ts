import { toRunView, type RunView } from "#server/services/dead-letter/run-view.ts";
import { listRunsSchema } from "#server/services/dead-letter/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** Bulk work on dead letters, the newest first. */
export const listDeadLetterRuns = defineQuery({
  name: "deadLetter.listRuns",
  can: "deadLetter.view",
  input: listRunsSchema,
  run: async ({ ctx, tx, input }): Promise<readonly RunView[]> => {
    const { fingerprint, limit } = input;
    const rows = await tx.deadLetterRun.findMany({
      where: { tenantId: ctx.tenantId, ...(fingerprint !== undefined && { fingerprint }) },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit,
    });
    return rows.map((row) => toRunView(row, ctx.now()));
  },
});
