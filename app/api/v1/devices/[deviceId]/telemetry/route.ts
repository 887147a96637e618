import { telemetryRoute } from "#server/web/api/telemetry.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(telemetryRoute);
