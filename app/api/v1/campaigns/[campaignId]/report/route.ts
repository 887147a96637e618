import { campaignReport } from "#server/services/campaign/report.ts";
import { csvResponse } from "#server/web/csv-response.ts";
import { handlerRoute } from "#server/web/route.ts";

/** Described by campaignReportRoute. */
export const GET = handlerRoute({
  accept: "token or session",
  handle: async (ctx, _request, params) => {
    const input = { campaignId: String(params["campaignId"]) };
    return csvResponse("campaign.csv", await campaignReport(ctx, input));
  },
});
