import { deviceAudit } from "#server/services/device/audit.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(deviceAudit, ({ params, query: { before } }) => ({
  device: params["id"],
  ...(before === undefined ? {} : { before }),
}));
