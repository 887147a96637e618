import { dashboardReferences } from "#server/services/dashboard/references.ts";
import { sessionRoute } from "#server/web/route.ts";

export const POST = sessionRoute(dashboardReferences, ({ body }) => body);
