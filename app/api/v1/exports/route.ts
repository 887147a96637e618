import { createExportRoute, listExportsRoute } from "#server/web/api/work.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listExportsRoute);
export const POST = defineRoute(createExportRoute);
