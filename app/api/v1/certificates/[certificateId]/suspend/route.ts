import { suspendCertificateRoute } from "#server/web/api/certificates.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(suspendCertificateRoute);
