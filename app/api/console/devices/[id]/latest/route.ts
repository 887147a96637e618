import { latestTelemetry } from "#server/services/telemetry/latest.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(latestTelemetry, ({ params }) => ({ device: params["id"] }));
