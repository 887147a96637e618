import { importDeadLetters } from "#server/services/dead-letter/import.ts";
import { readNdjson } from "#server/web/ndjson.ts";
import { handlerRoute } from "#server/web/route.ts";

/** Described by importDeadLettersRoute. */
export const POST = handlerRoute({
  accept: "token or session",
  handle: async (ctx, request) => {
    const imported = await importDeadLetters(ctx, { ndjson: await readNdjson(request) });
    const headers = { "cache-control": "no-store", "x-request-id": ctx.requestId };
    return Response.json(imported, { headers });
  },
});
