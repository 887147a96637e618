import {
  removeDashboardRoute,
  saveDashboardRoute,
  showDashboardRoute,
} from "#server/web/api/dashboards.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(showDashboardRoute);
export const PATCH = defineRoute(saveDashboardRoute);
export const DELETE = defineRoute(removeDashboardRoute);
