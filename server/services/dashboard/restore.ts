import {
  contentOf,
  dashboardTarget,
  findForChange,
  requireRevision,
  viewOf,
} from "#server/services/dashboard/internal.ts";
import { changesOf, writeDashboard } from "#server/services/dashboard/save.ts";
import { restoreDashboardSchema } from "#server/services/dashboard/schemas.ts";
import { readVersion } from "#server/services/dashboard/show-version.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Brings a dashboard back to one of its versions, as a new version: nothing is lost.
 * @throws ServiceError not_found, forbidden, conflict (changed since it was read)
 */
export const restoreDashboard = defineMutation({
  name: "dashboard.restore",
  can: "dashboard.edit",
  input: restoreDashboardSchema,
  run: async ({ ctx, tx, input }) => {
    const row = await findForChange(tx, ctx, { dashboardId: input.dashboardId, to: "change" });
    requireRevision(row, input.revision);
    const version = await readVersion(tx, ctx, input);
    const after = {
      name: version.name,
      description: row.description,
      content: contentOf(version),
    };
    const note = `Restored version ${input.version}.`;
    const saved = await writeDashboard(tx, ctx, { row, after, note });
    return {
      value: viewOf(ctx, saved),
      audit: {
        target: dashboardTarget(row.id),
        payload: { version: input.version, changes: changesOf(row, after) },
      },
    };
  },
});
