import { presenceHistory } from "#server/services/presence/history.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(presenceHistory, ({ params, query }) => ({
  deviceId: params["id"],
  hours: query["hours"],
}));
