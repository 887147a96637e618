import { listGroups } from "#server/services/group/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listGroups, () => ({}));
