import { showDeadLetterRoute } from "#server/web/api/dead-letters.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(showDeadLetterRoute);
