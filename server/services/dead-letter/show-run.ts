import { toRunView, type RunView } from "#server/services/dead-letter/run-view.ts";
import { runRefSchema } from "#server/services/dead-letter/schemas.ts";
import { noRun } from "#server/services/dead-letter/internal.ts";
import { defineQuery } from "#server/services/query.ts";

/**
 * How far bulk work on dead letters is.
 * @throws ServiceError not_found
 */
export const showDeadLetterRun = defineQuery({
  name: "deadLetter.showRun",
  can: "deadLetter.view",
  input: runRefSchema,
  run: async ({ ctx, tx, input }): Promise<RunView> => {
    const row = await tx.deadLetterRun.findUnique({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: input.id } },
    });
    if (row === null) throw noRun();
    return toRunView(row, ctx.now());
  },
});
