import { listEnrolmentGroupsRoute, createEnrolmentGroupRoute } from "#server/web/api/enrolment.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listEnrolmentGroupsRoute);
export const POST = defineRoute(createEnrolmentGroupRoute);
