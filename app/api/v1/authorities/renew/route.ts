import { renewIssuingRoute } from "#server/web/api/authorities.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(renewIssuingRoute);
