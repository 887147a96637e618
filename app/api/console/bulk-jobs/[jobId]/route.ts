import { showBulkJob } from "#server/services/bulk/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showBulkJob, ({ params }) => params);
