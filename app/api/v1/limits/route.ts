import { listLimitsRoute } from "#server/web/api/limits.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listLimitsRoute);
