import { listBatches } from "#server/services/batch/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listBatches, ({ query }) => query);
