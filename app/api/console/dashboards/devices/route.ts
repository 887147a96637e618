import { selectionDevices } from "#server/services/dashboard/selection-devices.ts";
import { sessionRoute } from "#server/web/route.ts";

export const POST = sessionRoute(selectionDevices, ({ body }) => body);
