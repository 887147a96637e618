import { refusedConnectionFacets } from "#server/services/refused-connection/facets.ts";
import { refusalInput } from "#server/web/refusal-request.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(refusedConnectionFacets, ({ query }) => refusalInput(query));
