import { rotatePasswordRoute } from "#server/web/api/service-clients.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(rotatePasswordRoute);
