import { revocationImpactRoute } from "#server/web/api/certificates.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(revocationImpactRoute);
