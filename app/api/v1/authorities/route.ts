import { listAuthoritiesRoute } from "#server/web/api/authorities.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listAuthoritiesRoute);
