import { dashboardDifference } from "#server/domain/dashboard-difference.ts";
import { contentOf, findVisible } from "#server/services/dashboard/internal.ts";
import { dashboardRefSchema } from "#server/services/dashboard/schemas.ts";
import type { DashboardVersionSummary } from "#server/services/dashboard/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** Versions that a history shows. */
const mostShown = 50;

/**
 * The newest versions of a dashboard, each with what it changed.
 * @throws ServiceError not_found
 */
export const dashboardVersions = defineQuery({
  name: "dashboard.versions",
  can: "telemetry.view",
  input: dashboardRefSchema,
  run: async ({ ctx, tx, input }): Promise<readonly DashboardVersionSummary[]> => {
    const { id: dashboardId } = await findVisible(tx, ctx, input.dashboardId);
    const rows = await tx.dashboardVersion.findMany({
      where: { tenantId: ctx.tenantId, dashboardId },
      orderBy: { revision: "desc" },
      take: mostShown + 1,
    });
    const states = rows.map((row) => ({ name: row.name, content: contentOf(row) }));
    return rows.slice(0, mostShown).map((row, index) => {
      const [state, before] = [states[index], states[index + 1]];
      return {
        version: row.revision,
        name: row.name,
        note: row.note,
        at: row.at.toISOString(),
        by: row.by,
        changes:
          state === undefined || before === undefined ? [] : dashboardDifference(before, state),
      };
    });
  },
});
