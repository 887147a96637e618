import { rollBackBindingRoute } from "#server/web/api/bindings.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(rollBackBindingRoute);
