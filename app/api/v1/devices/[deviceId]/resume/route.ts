import { resumeDeviceRoute } from "#server/web/api/devices.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(resumeDeviceRoute);
