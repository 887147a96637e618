import { listEnrolmentRequests } from "#server/services/enrolment/list-requests.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listEnrolmentRequests, ({ query }) => query);
