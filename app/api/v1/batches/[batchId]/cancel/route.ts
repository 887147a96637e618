import { cancelBatchRoute } from "#server/web/api/batches.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(cancelBatchRoute);
