import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  requireFreeViewName,
  requireMayShare,
  requirePerson,
  savedViewView,
  viewColumns,
  viewTargetOf,
} from "#server/services/saved-view/internal.ts";
import { createViewSchema, maxViews } from "#server/services/saved-view/schemas.ts";

/**
 * Keeps what a page shows, by its address, under a name, for oneself or for everybody.
 * @throws ServiceError forbidden (a token, or sharing), conflict (the name is taken, or there are 100)
 */
export const createSavedView = defineMutation({
  name: "savedView.create",
  can: "session.own",
  input: createViewSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const ownerId = requirePerson(ctx);
    if (input.shared) requireMayShare(ctx);
    await requireFreeViewName(tx, ctx, { ...input, ownerId });
    if (
      (await tx.savedView.count({ where: { tenantId, ownerId, page: input.page } })) >= maxViews
    ) {
      throw new ServiceError("conflict", `You have ${maxViews} views already.`, {
        remedy: "Remove one that you do not need.",
      });
    }
    const at = ctx.now();
    const row = await tx.savedView.create({
      data: { ...input, tenantId, ownerId, createdAt: at, changedAt: at },
      select: viewColumns,
    });
    const { id, name, shared } = row;
    return {
      value: savedViewView(row, ownerId),
      audit: {
        target: viewTargetOf(row),
        payload: { after: { id, name, shared, address: input.state.address } },
      },
    };
  },
});
