import { deviceLocationRoute, locateDeviceRoute } from "#server/web/api/device-annotations.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(deviceLocationRoute);
export const PUT = defineRoute(locateDeviceRoute);
