import { listDeadLetterRetention } from "#server/services/dead-letter/list-retention.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listDeadLetterRetention, () => ({}));
