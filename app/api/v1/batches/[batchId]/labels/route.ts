import { batchLabels } from "#server/services/batch/labels.ts";
import { consoleEnv } from "#server/web/environment.ts";
import { fileResponse } from "#server/web/file-response.ts";
import { handlerRoute } from "#server/web/route.ts";

/** Described by batchLabelsRoute. */
export const GET = handlerRoute({
  accept: "token or session",
  handle: async (ctx, _request, params) => {
    const input = { batchId: String(params["batchId"]), baseUrl: consoleEnv().PUBLIC_URL };
    const file = { name: "labels.pdf", type: "application/pdf" };
    return fileResponse(file, await batchLabels(ctx, input));
  },
});
