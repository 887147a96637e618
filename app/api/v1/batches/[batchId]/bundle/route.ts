import { batchBundle } from "#server/services/batch/bundle.ts";
import { fileResponse } from "#server/web/file-response.ts";
import { readJsonBody } from "#server/web/read-body.ts";
import { handlerRoute } from "#server/web/route.ts";

/** Described by batchBundleRoute. */
export const POST = handlerRoute({
  accept: "token or session",
  handle: async (ctx, request, params) => {
    const { passphrase } = await readJsonBody(request);
    const batchId = String(params["batchId"]);
    const input = { batchId, passphrase: typeof passphrase === "string" ? passphrase : "" };
    const file = { name: "devices.zip", type: "application/zip" };
    return fileResponse(file, await batchBundle(ctx, input));
  },
});
