import { certificateRunOut } from "#server/services/certificate/run-out.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(certificateRunOut);
