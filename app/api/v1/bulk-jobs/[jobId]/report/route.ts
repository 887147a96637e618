import { bulkReport } from "#server/services/bulk/report.ts";
import { csvResponse } from "#server/web/csv-response.ts";
import { handlerRoute } from "#server/web/route.ts";

/** Described by bulkReportRoute. */
export const GET = handlerRoute({
  accept: "token or session",
  handle: async (ctx, _request, params) => {
    const input = { jobId: String(params["jobId"]) };
    return csvResponse("bulk-change.csv", await bulkReport(ctx, input));
  },
});
