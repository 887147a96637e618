import { revocationImpact } from "#server/services/certificate/revocation-impact.ts";
import { sessionRoute } from "#server/web/route.ts";

/** A read; ten thousand ids are too long for an address. */
export const POST = sessionRoute(revocationImpact, ({ body }) => body);
