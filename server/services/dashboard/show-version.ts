import type { Tx } from "#server/db/client.ts";
import type { DashboardVersion } from "#server/db/generated/client.ts";
import type { Context } from "#server/services/context.ts";
import { contentOf, findVisible } from "#server/services/dashboard/internal.ts";
import { dashboardVersionSchema } from "#server/services/dashboard/schemas.ts";
import type { DashboardVersionView } from "#server/services/dashboard/view.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";

/**
 * A dashboard as one of its versions had it.
 * @throws ServiceError not_found (dashboard, or version that is not kept)
 */
export const showDashboardVersion = defineQuery({
  name: "dashboard.showVersion",
  can: "telemetry.view",
  input: dashboardVersionSchema,
  run: async ({ ctx, tx, input }): Promise<DashboardVersionView> => {
    await findVisible(tx, ctx, input.dashboardId);
    const row = await readVersion(tx, ctx, input);
    const { revision: version, name, note, by } = row;
    return { version, name, note, by, at: row.at.toISOString(), content: contentOf(row) };
  },
});

/** @throws ServiceError not_found */
export async function readVersion(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  { dashboardId, version }: { readonly dashboardId: string; readonly version: number },
): Promise<DashboardVersion> {
  const row = await tx.dashboardVersion.findUnique({
    where: {
      tenantId_dashboardId_revision: { tenantId, dashboardId, revision: version },
    },
  });
  if (row !== null) return row;
  throw new ServiceError("not_found", `Version ${version} of this dashboard is not kept.`, {
    remedy: "Choose one of the history.",
  });
}
