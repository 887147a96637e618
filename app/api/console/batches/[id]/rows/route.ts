import { listBatchRows } from "#server/services/batch/list-rows.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listBatchRows, ({ params, query }) => ({
  ...query,
  batchId: params["id"],
}));
