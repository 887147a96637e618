import { dashboardVersionsRoute } from "#server/web/api/dashboards.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(dashboardVersionsRoute);
