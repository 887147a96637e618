import { listRefusedConnections } from "#server/services/refused-connection/list.ts";
import { refusalInput } from "#server/web/refusal-request.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listRefusedConnections, ({ query }) => ({
  ...refusalInput(query),
  cursor: query["cursor"],
}));
