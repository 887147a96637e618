import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { acknowledgeDifferenceSchema } from "#server/services/ledger/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Somebody has looked into a minute that does not add up and says what it was.
 * @throws ServiceError not_found, conflict (acknowledged already)
 */
export const acknowledgeDifference = defineMutation({
  name: "ledger.acknowledge",
  can: "ledger.acknowledge",
  input: acknowledgeDifferenceSchema,
  run: async ({ ctx, tx, input }) => {
    const { minute, kind, note } = input;
    const key = { tenantId: ctx.tenantId, minute, kind };
    const row = await tx.ledgerDifference.findUnique({
      where: { tenantId_minute_kind: key },
      select: { difference: true },
    });
    if (row === null) {
      throw new ServiceError("not_found", "The ledger has no difference in this minute.", {
        remedy: "Read the list of differences again.",
      });
    }
    const at = ctx.now();
    const by = actorName(ctx.actor);
    // Whoever comes second must not take the first one's place.
    const { count } = await tx.ledgerDifference.updateMany({
      where: { ...key, acknowledgedAt: null },
      data: { acknowledgedAt: at, acknowledgedBy: by, note },
    });
    if (count === 0) {
      throw new ServiceError("conflict", "This difference is acknowledged already.", {
        remedy: "Read the list of differences again to see by whom.",
      });
    }
    return {
      value: { minute: minute.toISOString(), kind, acknowledgedAt: at.toISOString(), by },
      audit: {
        target: "ledger",
        reason: note,
        payload: { minute: minute.toISOString(), kind, difference: row.difference.toString() },
      },
    };
  },
});
