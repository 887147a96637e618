import { bulkImpactRoute } from "#server/web/api/work.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(bulkImpactRoute);
