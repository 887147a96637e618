import { createBulkJobRoute, listBulkJobsRoute } from "#server/web/api/work.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listBulkJobsRoute);
export const POST = defineRoute(createBulkJobRoute);
