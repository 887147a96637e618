import { tryDeadLettersRoute } from "#server/web/api/dead-letters.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(tryDeadLettersRoute);
