import { shareDashboardRoute } from "#server/web/api/dashboards.ts";
import { defineRoute } from "#server/web/route.ts";

export const PUT = defineRoute(shareDashboardRoute);
