import { rotatePskRoute } from "#server/web/api/credentials.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(rotatePskRoute);
