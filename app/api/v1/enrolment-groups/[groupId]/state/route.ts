import { setEnrolmentGroupStateRoute } from "#server/web/api/enrolment.ts";
import { defineRoute } from "#server/web/route.ts";

export const PUT = defineRoute(setEnrolmentGroupStateRoute);
