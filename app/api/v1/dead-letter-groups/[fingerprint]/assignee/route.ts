import { assignGroupRoute } from "#server/web/api/dead-letter-groups.ts";
import { defineRoute } from "#server/web/route.ts";

export const PUT = defineRoute(assignGroupRoute);
