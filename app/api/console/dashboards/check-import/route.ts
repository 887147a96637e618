import { checkDashboardImport } from "#server/services/dashboard/import.ts";
import { sessionRoute } from "#server/web/route.ts";

export const POST = sessionRoute(checkDashboardImport, ({ body }) => body);
