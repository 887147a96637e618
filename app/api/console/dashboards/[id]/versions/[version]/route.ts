import { showDashboardVersion } from "#server/services/dashboard/show-version.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showDashboardVersion, ({ params }) => ({
  dashboardId: params["id"],
  version: params["version"],
}));
