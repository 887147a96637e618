import { listDeadLetters } from "#server/services/dead-letter/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listDeadLetters, ({ query }) => query);
