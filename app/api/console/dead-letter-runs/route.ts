import { listDeadLetterRuns } from "#server/services/dead-letter/list-runs.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listDeadLetterRuns, ({ query }) => query);
