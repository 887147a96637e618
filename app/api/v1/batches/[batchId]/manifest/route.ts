import { receiveManifest } from "#server/services/batch/receive.ts";
import { manifestBytes, manifestTypeOf } from "#server/web/manifest-body.ts";
import { handlerRoute } from "#server/web/route.ts";

/** Described by sendManifestRoute. */
export const PUT = handlerRoute({
  accept: "token or session",
  handle: async (ctx, request, params) => {
    const fileName = new URL(request.url).searchParams.get("fileName");
    const batch = await receiveManifest(ctx, {
      batchId: String(params["batchId"]),
      ...(fileName !== null && { fileName }),
      type: manifestTypeOf(request),
      body: manifestBytes(request),
    });
    const headers = { "cache-control": "no-store", "x-request-id": ctx.requestId };
    return Response.json(batch, { headers });
  },
});
