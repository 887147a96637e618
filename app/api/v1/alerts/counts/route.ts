import { countAlertsRoute } from "#server/web/api/alerts.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(countAlertsRoute);
