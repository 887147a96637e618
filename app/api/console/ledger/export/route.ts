import { exportLedger } from "#server/services/ledger/export.ts";
import { csvResponse } from "#server/web/csv-response.ts";
import { handlerRoute } from "#server/web/route.ts";

export const GET = handlerRoute({
  accept: "session",
  handle: async (ctx, request) => {
    const query = Object.fromEntries(new URL(request.url).searchParams);
    return csvResponse("ledger.csv", await exportLedger(ctx, query));
  },
});
