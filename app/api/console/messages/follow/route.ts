import { followMessage } from "#server/services/message/follow.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(followMessage);
