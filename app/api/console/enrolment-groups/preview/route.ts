import { previewEnrolment } from "#server/services/enrolment/preview.ts";
import { sessionRoute } from "#server/web/route.ts";

/** A read; certificates and rules are too long for an address. */
export const POST = sessionRoute(previewEnrolment, ({ body }) => body);
