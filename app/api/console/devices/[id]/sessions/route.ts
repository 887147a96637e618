import { listDeviceSessions } from "#server/services/mqtt-session/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listDeviceSessions, ({ params }) => ({ device: params["id"] }));
