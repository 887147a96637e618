import { certificateFacets } from "#server/services/certificate/facets.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(certificateFacets, () => ({}));
