import { listTlsProbes } from "#server/services/tls/show-probe.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listTlsProbes, () => ({}));
