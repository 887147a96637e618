import { deviceTimeline } from "#server/services/device/timeline.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(deviceTimeline, ({ params, query }) => ({
  device: params["id"],
  before: query["before"],
}));
