import { defineMutation } from "#server/services/mutation.ts";
import { requireChangeableView, viewTargetOf } from "#server/services/saved-view/internal.ts";
import { viewTargetSchema } from "#server/services/saved-view/schemas.ts";

/**
 * Removes a view: an own one, or as an administrator one that is shared.
 * @throws ServiceError not_found, forbidden
 */
export const removeSavedView = defineMutation({
  name: "savedView.remove",
  can: "session.own",
  input: viewTargetSchema,
  run: async ({ ctx, tx, input: { viewId } }) => {
    const { id, name, shared } = await requireChangeableView(tx, ctx, viewId);
    await tx.savedView.delete({
      where: { tenantId_id: { tenantId: ctx.tenantId, id } },
      select: { id: true },
    });
    return {
      value: { id, name },
      audit: { target: viewTargetOf({ name }), payload: { before: { id, shared } } },
    };
  },
});
