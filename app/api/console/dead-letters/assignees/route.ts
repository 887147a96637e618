import { listAssignees } from "#server/services/dead-letter/list-assignees.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listAssignees, () => ({}));
