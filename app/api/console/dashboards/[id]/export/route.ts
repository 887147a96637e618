import { exportDashboard } from "#server/services/dashboard/export.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(exportDashboard, ({ params }) => ({ dashboardId: params["id"] }));
