import { checkAlertsRoute } from "#server/web/api/alerts.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(checkAlertsRoute);
