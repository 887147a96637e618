import { showEnrolmentGroup } from "#server/services/enrolment/show-group.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showEnrolmentGroup, ({ params }) => ({ groupId: params["id"] }));
