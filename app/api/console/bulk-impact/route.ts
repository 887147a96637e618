import { bulkImpact } from "#server/services/bulk/impact.ts";
import { sessionRoute } from "#server/web/route.ts";

export const POST = sessionRoute(bulkImpact, ({ body }) => body);
