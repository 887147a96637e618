import { queryTracksRoute } from "#server/web/api/telemetry-queries.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(queryTracksRoute);
