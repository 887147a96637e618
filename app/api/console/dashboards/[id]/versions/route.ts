import { dashboardVersions } from "#server/services/dashboard/versions.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(dashboardVersions, ({ params }) => ({ dashboardId: params["id"] }));
