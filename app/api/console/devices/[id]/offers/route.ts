import { listOffers } from "#server/services/transfer/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listOffers, ({ params }) => ({ deviceId: params["id"] }));
