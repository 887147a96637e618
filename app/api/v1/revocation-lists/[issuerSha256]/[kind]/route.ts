import { readCrlFile } from "#server/services/revocation-list/read.ts";
import { handlerRoute } from "#server/web/route.ts";

/** Described by crlFileRoute. */
export const GET = handlerRoute({
  accept: "token or session",
  handle: async (ctx, _request, params) => {
    // The service parses what it is given.
    const kind = String(params["kind"]) as "full" | "delta";
    const file = await readCrlFile(ctx, { issuerSha256: String(params["issuerSha256"]), kind });
    return new Response(new Uint8Array(file.der), {
      headers: {
        "content-type": "application/pkix-crl",
        "content-disposition": `attachment; filename="${file.name}"`,
        "cache-control": "no-store",
      },
    });
  },
});
