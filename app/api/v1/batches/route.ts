import { listBatchesRoute, openBatchRoute } from "#server/web/api/batches.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listBatchesRoute);
export const POST = defineRoute(openBatchRoute);
