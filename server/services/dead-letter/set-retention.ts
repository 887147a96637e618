import { defaultRetentionDays } from "#server/domain/dead-letter-retention.ts";
import { actorName } from "#server/services/context.ts";
import { setRetentionSchema } from "#server/services/dead-letter/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Sets for how many days dead letters of a category are kept; older ones are deleted within the hour.
 * @throws ServiceError conflict (it is so already)
 */
export const setDeadLetterRetention = defineMutation({
  name: "deadLetter.setRetention",
  can: "retention.manage",
  input: setRetentionSchema,
  run: async ({ ctx, tx, input: { category, days } }) => {
    const key = { tenantId: ctx.tenantId, category };
    const where = { tenantId_category: key };
    const before = await tx.deadLetterRetention.findUnique({ where, select: { days: true } });
    const was = before?.days ?? defaultRetentionDays[category];
    if (was === days) {
      throw new ServiceError("conflict", `They are kept for ${days} days already.`, {
        remedy: "Nothing was changed.",
      });
    }
    const change = { days, changedAt: ctx.now(), changedBy: actorName(ctx.actor) };
    await tx.deadLetterRetention.upsert({
      where,
      create: { ...key, ...change },
      update: change,
      select: { days: true },
    });
    return {
      value: { category, days },
      audit: {
        target: `deadLetterRetention:${category}`,
        payload: { before: { days: was }, after: { days } },
      },
    };
  },
});
