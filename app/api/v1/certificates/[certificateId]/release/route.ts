import { releaseCertificateRoute } from "#server/web/api/certificates.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(releaseCertificateRoute);
