import { cancelRunRoute } from "#server/web/api/dead-letter-groups.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(cancelRunRoute);
