import { exportFileResponse } from "#server/web/export-file.ts";
import { handlerRoute } from "#server/web/route.ts";

/** Described by exportFileRoute. */
export const GET = handlerRoute({
  accept: "token or session",
  handle: (ctx, _request, params) => exportFileResponse(ctx, String(params["exportId"])),
});
