import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  personOf,
  requireChangeableView,
  requireFreeViewName,
  requireMayShare,
  savedViewView,
  viewColumns,
  viewTargetOf,
} from "#server/services/saved-view/internal.ts";
import { changeViewSchema } from "#server/services/saved-view/schemas.ts";

/**
 * Renames a view, gives it another state, or shares it; what is not said stays.
 * @throws ServiceError not_found, forbidden, conflict (changed meanwhile, or the name is taken)
 */
export const changeSavedView = defineMutation({
  name: "savedView.change",
  can: "session.own",
  input: changeViewSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { viewId: id, revision } = input;
    const before = await requireChangeableView(tx, ctx, id);
    if (input.shared === true && !before.shared) requireMayShare(ctx);
    const name = input.name ?? before.name;
    const { page, ownerId } = before;
    if (name !== before.name) await requireFreeViewName(tx, ctx, { page, ownerId, name, id });
    const shared = input.shared ?? before.shared;
    const { count } = await tx.savedView.updateMany({
      where: { tenantId, id, revision },
      data: {
        name,
        shared,
        ...(input.state !== undefined && { state: input.state }),
        revision: { increment: 1 },
        changedAt: ctx.now(),
      },
    });
    if (count === 0) {
      throw new ServiceError("conflict", `The view ${before.name} was changed meanwhile.`, {
        remedy: "Open it again: it shows what it is now.",
      });
    }
    const row = await tx.savedView.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id } },
      select: viewColumns,
    });
    const value = savedViewView(row, personOf(ctx));
    return {
      value,
      audit: {
        target: viewTargetOf(before),
        payload: {
          before: { name: before.name, shared: before.shared },
          after: { name, shared, address: value.state.address },
        },
      },
    };
  },
});
