import { listSavedViews } from "#server/services/saved-view/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listSavedViews, ({ query }) => ({ page: query["page"] }));
