import {
  changeDeviceGroupRoute,
  removeDeviceGroupRoute,
  showDeviceGroupRoute,
} from "#server/web/api/fleet.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(showDeviceGroupRoute);
export const PATCH = defineRoute(changeDeviceGroupRoute);
export const DELETE = defineRoute(removeDeviceGroupRoute);
