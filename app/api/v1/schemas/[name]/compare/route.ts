import { compareVersionsRoute } from "#server/web/api/schemas.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(compareVersionsRoute);
