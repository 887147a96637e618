import { checkDefinitionRoute } from "#server/web/api/schemas.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(checkDefinitionRoute);
