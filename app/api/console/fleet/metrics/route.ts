import { metricNames } from "#server/services/device/metric-names.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(metricNames, () => ({}));
