import { showGroupRoute } from "#server/web/api/dead-letter-groups.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(showGroupRoute);
