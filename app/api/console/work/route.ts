import { listWork } from "#server/services/work/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listWork, ({ query }) => query);
