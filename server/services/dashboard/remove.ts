import { dashboardTarget, findForChange } from "#server/services/dashboard/internal.ts";
import { dashboardRefSchema } from "#server/services/dashboard/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Deletes a dashboard with its versions.
 * @throws ServiceError not_found, forbidden (neither its owner nor an administrator)
 */
export const removeDashboard = defineMutation({
  name: "dashboard.remove",
  can: "dashboard.edit",
  input: dashboardRefSchema,
  run: async ({ ctx, tx, input }) => {
    const row = await findForChange(tx, ctx, { dashboardId: input.dashboardId, to: "share" });
    await tx.dashboard.delete({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: row.id } },
      select: { id: true },
    });
    const { name, sharing, revision } = row;
    return {
      value: { id: row.id, name },
      audit: { target: dashboardTarget(row.id), payload: { name, sharing, revision } },
    };
  },
});
