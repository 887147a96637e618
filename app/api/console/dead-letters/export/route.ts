import { exportDeadLetters } from "#server/services/dead-letter/export.ts";
import { ndjsonResponse } from "#server/web/ndjson.ts";
import { handlerRoute } from "#server/web/route.ts";

export const GET = handlerRoute({
  accept: "session",
  handle: async (ctx, request) => {
    const query = Object.fromEntries(new URL(request.url).searchParams);
    return ndjsonResponse("dead-letters.ndjson", await exportDeadLetters(ctx, query));
  },
});
