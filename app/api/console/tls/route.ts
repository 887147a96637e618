import { showTlsPosture } from "#server/services/tls/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showTlsPosture, () => ({}));
