import { disablePersonRoute } from "#server/web/api/people.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(disablePersonRoute);
