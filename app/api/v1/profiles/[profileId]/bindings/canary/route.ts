import { startCanaryRoute, endCanaryRoute } from "#server/web/api/bindings.ts";
import { defineRoute } from "#server/web/route.ts";

export const PUT = defineRoute(startCanaryRoute);
export const DELETE = defineRoute(endCanaryRoute);
