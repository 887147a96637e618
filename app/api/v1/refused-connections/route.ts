import { listRefusedConnectionsRoute } from "#server/web/api/refused-connections.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listRefusedConnectionsRoute);
