import { listRetentionRoute } from "#server/web/api/dead-letters.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listRetentionRoute);
