import { showDeadLetterGroup } from "#server/services/dead-letter/show-group.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showDeadLetterGroup, ({ params }) => ({
  fingerprint: params["fingerprint"],
}));
