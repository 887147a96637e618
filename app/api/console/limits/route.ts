import { listListenerLimits } from "#server/services/listener-limit/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listListenerLimits, () => ({}));
