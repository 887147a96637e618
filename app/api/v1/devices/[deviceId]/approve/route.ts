import { approveDeviceRoute } from "#server/web/api/devices.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(approveDeviceRoute);
