import { listCrls } from "#server/services/revocation-list/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listCrls, () => ({}));
