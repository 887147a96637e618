import { deviceFacets } from "#server/services/device/facets.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(deviceFacets, () => ({}));
