import { tryDeadLetters } from "#server/services/dead-letter/try.ts";
import { sessionRoute } from "#server/web/route.ts";

/** A read: its question does not fit an address. */
export const POST = sessionRoute(tryDeadLetters, ({ body }) => body);
