import { showEnrolmentGroupRoute } from "#server/web/api/enrolment.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(showEnrolmentGroupRoute);
