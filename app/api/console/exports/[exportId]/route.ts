import { showExport } from "#server/services/export/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showExport, ({ params }) => params);
