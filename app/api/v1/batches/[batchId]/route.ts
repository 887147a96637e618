import { showBatchRoute } from "#server/web/api/batches.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(showBatchRoute);
