import { actorName } from "#server/services/context.ts";
import { noRun } from "#server/services/dead-letter/internal.ts";
import { runRefSchema } from "#server/services/dead-letter/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Stops bulk work on dead letters after the transaction at work. What is done stays done: letters
 * that were replayed stay stored, those that were discarded stay discarded.
 * @throws ServiceError not_found, conflict (it has ended)
 */
export const cancelDeadLetterRun = defineMutation({
  name: "deadLetter.cancelRun",
  can: "deadLetter.manage",
  input: runRefSchema,
  run: async ({ ctx, tx, input: { id } }) => {
    const { tenantId } = ctx;
    // Waits for the transaction at work, whose counts are the ones that are recorded.
    const [row] = await tx.deadLetterRun.updateManyAndReturn({
      where: { tenantId, id, state: { in: ["queued", "running"] } },
      data: {
        state: "cancelled",
        cancelledBy: actorName(ctx.actor),
        finishedAt: ctx.now(),
        leaseUntil: null,
      },
    });
    if (row === undefined) {
      const known = await tx.deadLetterRun.count({ where: { tenantId, id } });
      if (known === 0) throw noRun();
      throw new ServiceError("conflict", "The run has ended already.", {
        remedy: "Nothing was changed.",
      });
    }
    const counts = { total: Number(row.total), done: Number(row.done) };
    return {
      value: { id, ...counts },
      audit: {
        target: `deadLetterRun:${id}`,
        payload: {
          kind: row.kind,
          fingerprint: row.fingerprint,
          ...counts,
          stored: Number(row.stored),
          duplicate: Number(row.duplicate),
          failed: Number(row.failed),
        },
      },
    };
  },
});
