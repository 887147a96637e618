import { addChildrenRoute, listChildrenRoute } from "#server/web/api/gateways.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listChildrenRoute);
export const POST = defineRoute(addChildrenRoute);
