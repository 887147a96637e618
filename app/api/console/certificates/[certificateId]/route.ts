import { showCertificate } from "#server/services/certificate/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showCertificate);
