import { referencesOf } from "#server/domain/dashboard-references.ts";
import { findVisible, viewOf } from "#server/services/dashboard/internal.ts";
import { knownReferences } from "#server/services/dashboard/known-references.ts";
import { dashboardRefSchema } from "#server/services/dashboard/schemas.ts";
import type { DashboardShown } from "#server/services/dashboard/view.ts";
import { defineQuery } from "#server/services/query.ts";

/**
 * A dashboard with what the ids in it mean here.
 * @throws ServiceError not_found, also for what is private to somebody else
 */
export const showDashboard = defineQuery({
  name: "dashboard.show",
  can: "telemetry.view",
  input: dashboardRefSchema,
  run: async ({ ctx, tx, input }): Promise<DashboardShown> => {
    const view = viewOf(ctx, await findVisible(tx, ctx, input.dashboardId));
    return { ...view, references: await knownReferences(tx, ctx, referencesOf(view.content)) };
  },
});
