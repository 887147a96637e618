import { listAlerts } from "#server/services/alert/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listAlerts, ({ query }) => query);
