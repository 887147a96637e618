import { resetLimitRoute, setLimitRoute } from "#server/web/api/limits.ts";
import { defineRoute } from "#server/web/route.ts";

export const PUT = defineRoute(setLimitRoute);
export const DELETE = defineRoute(resetLimitRoute);
