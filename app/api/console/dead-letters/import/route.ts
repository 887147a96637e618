import { importDeadLetters } from "#server/services/dead-letter/import.ts";
import { readNdjson } from "#server/web/ndjson.ts";
import { handlerRoute } from "#server/web/route.ts";

/** No server action: a file is larger than those take. */
export const POST = handlerRoute({
  accept: "session",
  handle: async (ctx, request) => {
    const imported = await importDeadLetters(ctx, { ndjson: await readNdjson(request) });
    return Response.json(imported, { headers: { "cache-control": "no-store" } });
  },
});
