import { batchReport } from "#server/services/batch/report.ts";
import { csvResponse } from "#server/web/csv-response.ts";
import { handlerRoute } from "#server/web/route.ts";

/** Described by batchReportRoute. */
export const GET = handlerRoute({
  accept: "token or session",
  handle: async (ctx, _request, params) =>
    csvResponse("bad-rows.csv", await batchReport(ctx, { batchId: String(params["batchId"]) })),
});
