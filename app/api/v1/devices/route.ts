import { listDevicesRoute, createDeviceRoute } from "#server/web/api/devices.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listDevicesRoute);
export const POST = defineRoute(createDeviceRoute);
