import { revocationProofResponse } from "#server/web/proof-response.ts";
import { handlerRoute } from "#server/web/route.ts";

/** Described by revocationProofRoute. */
export const GET = handlerRoute({
  accept: "token or session",
  handle: (ctx, _, params) => revocationProofResponse(ctx, String(params["revocationId"])),
});
