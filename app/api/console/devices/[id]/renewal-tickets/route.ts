import { listTickets } from "#server/services/renewal-ticket/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listTickets, ({ params }) => ({ deviceId: params["id"] }));
