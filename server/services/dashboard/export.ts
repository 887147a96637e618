import { dashboardFile, type DashboardFile } from "#server/domain/dashboard-file.ts";
import { referencesOf } from "#server/domain/dashboard-references.ts";
import { contentOf, findVisible } from "#server/services/dashboard/internal.ts";
import { knownReferences } from "#server/services/dashboard/known-references.ts";
import { dashboardRefSchema } from "#server/services/dashboard/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/**
 * A dashboard as a file, with the names of what it is about, so that it can be read elsewhere.
 * @throws ServiceError not_found
 */
export const exportDashboard = defineQuery({
  name: "dashboard.export",
  can: "telemetry.view",
  input: dashboardRefSchema,
  run: async ({ ctx, tx, input }): Promise<DashboardFile> => {
    const { name, description, ...row } = await findVisible(tx, ctx, input.dashboardId);
    const content = contentOf(row);
    const known = await knownReferences(tx, ctx, referencesOf(content));
    return dashboardFile({ name, description, content }, known);
  },
});
