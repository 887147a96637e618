import { listServiceClientSessions } from "#server/services/mqtt-session/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listServiceClientSessions, ({ params }) => ({
  serviceClient: params["id"],
}));
