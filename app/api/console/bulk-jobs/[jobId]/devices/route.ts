import { listBulkJobDevices } from "#server/services/bulk/list-devices.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listBulkJobDevices, ({ params, query }) => ({
  ...query,
  ...params,
}));
