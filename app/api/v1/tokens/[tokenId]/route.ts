import { revokeTokenRoute } from "#server/web/api/tokens.ts";
import { defineRoute } from "#server/web/route.ts";

export const DELETE = defineRoute(revokeTokenRoute);
