import { listBulkJobDevicesRoute } from "#server/web/api/work.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listBulkJobDevicesRoute);
