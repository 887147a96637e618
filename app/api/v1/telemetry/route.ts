import { queryTelemetryRoute } from "#server/web/api/telemetry-queries.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(queryTelemetryRoute);
