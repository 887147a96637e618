import { proofResponse } from "#server/web/proof-response.ts";
import { handlerRoute } from "#server/web/route.ts";

/** Described by decommissionProofRoute. */
export const GET = handlerRoute({
  accept: "token or session",
  handle: (ctx, _, params) => proofResponse(ctx, String(params["deviceId"])),
});
