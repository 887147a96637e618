import { showBatch } from "#server/services/batch/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showBatch, ({ params }) => ({ batchId: params["id"] }));
