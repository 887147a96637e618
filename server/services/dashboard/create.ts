import { dashboardTarget, insertDashboard, viewOf } from "#server/services/dashboard/internal.ts";
import { createDashboardSchema } from "#server/services/dashboard/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Makes a dashboard. Of a person it is private until it is shared; of a token or the command line it
 * is shared from the start.
 * @throws ServiceError invalid (a private one without a person)
 */
export const createDashboard = defineMutation({
  name: "dashboard.create",
  can: "dashboard.edit",
  input: createDashboardSchema,
  run: async ({ ctx, tx, input }) => {
    const row = await insertDashboard(tx, ctx, input);
    const { name, sharing } = row;
    const payload = { name, sharing, widgets: input.content.widgets.length };
    return {
      value: viewOf(ctx, row),
      audit: { target: dashboardTarget(row.id), payload },
    };
  },
});
