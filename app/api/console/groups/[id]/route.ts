import { showGroup } from "#server/services/group/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showGroup, ({ params }) => ({ groupId: params["id"] }));
