import { showDashboard } from "#server/services/dashboard/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showDashboard, ({ params }) => ({ dashboardId: params["id"] }));
