import { showOverview } from "#server/services/overview/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showOverview, () => ({}));
