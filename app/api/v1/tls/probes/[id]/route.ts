import { showTlsProbeRoute } from "#server/web/api/tls.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(showTlsProbeRoute);
