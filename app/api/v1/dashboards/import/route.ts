import { importDashboardRoute } from "#server/web/api/dashboards.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(importDashboardRoute);
