import { dashboardTarget, findForChange, viewOf } from "#server/services/dashboard/internal.ts";
import { shareDashboardSchema } from "#server/services/dashboard/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Says who in the organisation may see a dashboard, and who may change it.
 * @throws ServiceError not_found, forbidden (neither its owner nor an administrator),
 * invalid (what belongs to no person, or to another one, cannot become private)
 */
export const shareDashboard = defineMutation({
  name: "dashboard.share",
  can: "dashboard.edit",
  input: shareDashboardSchema,
  run: async ({ ctx, tx, input }) => {
    const row = await findForChange(tx, ctx, { dashboardId: input.dashboardId, to: "share" });
    if (
      input.sharing === "private" &&
      (ctx.actor.type !== "user" || row.ownerId !== ctx.actor.id)
    ) {
      const message = "Only the person whom a dashboard belongs to can make it private.";
      throw new ServiceError("invalid", message, { fields: [{ path: "sharing", message }] });
    }
    const after = await tx.dashboard.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: row.id } },
      data: { sharing: input.sharing },
    });
    const payload = { name: row.name, before: row.sharing, after: after.sharing };
    return { value: viewOf(ctx, after), audit: { target: dashboardTarget(row.id), payload } };
  },
});
