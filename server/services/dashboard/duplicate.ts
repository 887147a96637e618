import {
  contentOf,
  dashboardTarget,
  findVisible,
  insertDashboard,
  viewOf,
} from "#server/services/dashboard/internal.ts";
import { duplicateDashboardSchema } from "#server/services/dashboard/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Copies a dashboard that the caller may see; the copy belongs to the caller.
 * @throws ServiceError not_found
 */
export const duplicateDashboard = defineMutation({
  name: "dashboard.duplicate",
  can: "dashboard.edit",
  input: duplicateDashboardSchema,
  run: async ({ ctx, tx, input }) => {
    const from = await findVisible(tx, ctx, input.dashboardId);
    const row = await insertDashboard(tx, ctx, {
      name: input.name ?? `${from.name.slice(0, 110)} (copy)`,
      description: from.description,
      content: contentOf(from),
      note: `Copied from “${from.name}”, version ${from.revision}.`,
    });
    return {
      value: viewOf(ctx, row),
      audit: { target: dashboardTarget(row.id), payload: { name: row.name, copyOf: from.id } },
    };
  },
});
