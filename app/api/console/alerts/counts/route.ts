import { countAlerts } from "#server/services/alert/counts.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(countAlerts, () => ({}));
