import { removeRootRoute } from "#server/web/api/authorities.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(removeRootRoute);
