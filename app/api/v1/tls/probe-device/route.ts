import { createTlsProbeDeviceRoute } from "#server/web/api/tls.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(createTlsProbeDeviceRoute);
