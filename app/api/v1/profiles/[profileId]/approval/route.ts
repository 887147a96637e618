import { approveSpecificationRoute } from "#server/web/api/profiles.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(approveSpecificationRoute);
