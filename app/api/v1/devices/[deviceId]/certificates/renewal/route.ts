import { askRenewalRoute, rotationRoute } from "#server/web/api/renewals.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(rotationRoute);
export const POST = defineRoute(askRenewalRoute);
