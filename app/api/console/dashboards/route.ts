import { listDashboards } from "#server/services/dashboard/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listDashboards, ({ query }) => query);
