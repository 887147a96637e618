import { createTokenRoute, listTokensRoute } from "#server/web/api/tokens.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listTokensRoute);
export const POST = defineRoute(createTokenRoute);
