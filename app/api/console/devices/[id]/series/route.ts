import { telemetrySeries } from "#server/services/telemetry/series.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(telemetrySeries, ({ params, query: { metric, ...rest } }) => ({
  ...rest,
  device: params["id"],
  metrics: [metric].flat(),
}));
