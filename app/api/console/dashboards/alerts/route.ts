import { selectionAlerts } from "#server/services/dashboard/selection-alerts.ts";
import { sessionRoute } from "#server/web/route.ts";

export const POST = sessionRoute(selectionAlerts, ({ body }) => body);
