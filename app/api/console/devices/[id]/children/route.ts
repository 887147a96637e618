import { listChildren } from "#server/services/gateway/list-children.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listChildren, ({ params, query }) => ({
  ...query,
  deviceId: params["id"],
}));
