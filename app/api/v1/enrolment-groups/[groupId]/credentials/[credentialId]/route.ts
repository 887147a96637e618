import { revokeEnrolmentCredentialRoute } from "#server/web/api/enrolment.ts";
import { defineRoute } from "#server/web/route.ts";

export const DELETE = defineRoute(revokeEnrolmentCredentialRoute);
