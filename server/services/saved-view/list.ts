import { z } from "zod";
import { defineQuery } from "#server/services/query.ts";
import {
  personOf,
  savedViewView,
  viewColumns,
  type SavedViewView,
} from "#server/services/saved-view/internal.ts";
import { defaultViewKey } from "#server/services/saved-view/set-default.ts";
import { viewListSchema } from "#server/services/saved-view/schemas.ts";

export type SavedViewList = {
  /** Own ones first, then what others share, by name. */
  readonly views: readonly SavedViewView[];
  /** The view that the page opens with for the caller. */
  readonly defaultId: string | null;
};

const most = 300;
const preference = z.object({ viewId: z.uuid().nullable() });

/** The caller's views of a page, and those that everybody sees. */
export const listSavedViews = defineQuery({
  name: "savedView.list",
  can: "fleet.view",
  input: viewListSchema,
  run: async ({ ctx, tx, input: { page } }): Promise<SavedViewList> => {
    const { tenantId } = ctx;
    const person = personOf(ctx);
    const visible = [{ shared: true }, ...(person === undefined ? [] : [{ ownerId: person }])];
    const rows = await tx.savedView.findMany({
      where: { tenantId, page, OR: visible },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      take: most,
      select: viewColumns,
    });
    const liked =
      person === undefined
        ? null
        : await tx.personPreference.findUnique({
            where: { tenantId_userId_key: { tenantId, userId: person, key: defaultViewKey(page) } },
            select: { value: true },
          });
    const views = rows.map((row) => savedViewView(row, person));
    const defaultId = preference.safeParse(liked?.value).data?.viewId ?? null;
    return {
      views: [...views.filter(({ isOwn }) => isOwn), ...views.filter(({ isOwn }) => !isOwn)],
      // A default that is gone, or not shared any more, is none.
      defaultId: views.some(({ id }) => id === defaultId) ? defaultId : null,
    };
  },
});
