import { listDeadLetterGroups } from "#server/services/dead-letter/list-groups.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listDeadLetterGroups, ({ query }) => query);
