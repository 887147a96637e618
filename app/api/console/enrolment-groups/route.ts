import { listEnrolmentGroups } from "#server/services/enrolment/list-groups.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listEnrolmentGroups, () => ({}));
