import { setGatewayRoute } from "#server/web/api/gateways.ts";
import { defineRoute } from "#server/web/route.ts";

export const PUT = defineRoute(setGatewayRoute);
