import { listRevocations } from "#server/services/revocation/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listRevocations, ({ query }) => query);
