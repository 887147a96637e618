import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { requirePerson } from "#server/services/saved-view/internal.ts";
import { defaultViewSchema } from "#server/services/saved-view/schemas.ts";

/** Under which a person's default view of a table is kept. */
export function defaultViewKey(page: string): string {
  return `default-view:${page}`;
}

/**
 * Chooses the view that the caller's table opens with, or none.
 * @throws ServiceError forbidden (a token), not_found
 */
export const setDefaultView = defineMutation({
  name: "savedView.setDefault",
  can: "session.own",
  input: defaultViewSchema,
  run: async ({ ctx, tx, input: { page, viewId } }) => {
    const { tenantId } = ctx;
    const userId = requirePerson(ctx);
    if (viewId !== null) {
      const found = await tx.savedView.findFirst({
        where: { tenantId, id: viewId, page, OR: [{ shared: true }, { ownerId: userId }] },
        select: { id: true },
      });
      if (found === null) throw new ServiceError("not_found", "There is no such view.");
    }
    const key = defaultViewKey(page);
    const data = { value: { viewId }, changedAt: ctx.now() };
    await tx.personPreference.upsert({
      where: { tenantId_userId_key: { tenantId, userId, key } },
      create: { tenantId, userId, key, ...data },
      update: data,
      select: { key: true },
    });
    return {
      value: { viewId },
      audit: { target: `savedView:${page}`, payload: { default: viewId } },
    };
  },
});
