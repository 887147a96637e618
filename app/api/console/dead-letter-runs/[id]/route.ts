import { showDeadLetterRun } from "#server/services/dead-letter/show-run.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showDeadLetterRun, ({ params }) => ({ id: params["id"] }));
