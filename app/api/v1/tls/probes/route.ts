import { listTlsProbesRoute, requestTlsProbeRoute } from "#server/web/api/tls.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listTlsProbesRoute);
export const POST = defineRoute(requestTlsProbeRoute);
