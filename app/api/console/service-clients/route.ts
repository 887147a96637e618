import { listServiceClients } from "#server/services/service-client/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listServiceClients, () => ({}));
