import { exportRefusedConnections } from "#server/services/refused-connection/export.ts";
import { csvResponse } from "#server/web/csv-response.ts";
import { refusalInput } from "#server/web/refusal-request.ts";
import { handlerRoute } from "#server/web/route.ts";

export const GET = handlerRoute({
  accept: "session",
  handle: async (ctx, request) => {
    const query = Object.fromEntries(new URL(request.url).searchParams);
    return csvResponse(
      "refused-connections.csv",
      await exportRefusedConnections(ctx, refusalInput(query)),
    );
  },
});
