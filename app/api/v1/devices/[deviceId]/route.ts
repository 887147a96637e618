import {
  showDeviceRoute,
  updateDeviceRoute,
  decommissionDeviceRoute,
} from "#server/web/api/devices.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(showDeviceRoute);
export const PATCH = defineRoute(updateDeviceRoute);
export const DELETE = defineRoute(decommissionDeviceRoute);
