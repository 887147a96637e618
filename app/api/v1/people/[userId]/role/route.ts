import { changeRoleRoute } from "#server/web/api/people.ts";
import { defineRoute } from "#server/web/route.ts";

export const PUT = defineRoute(changeRoleRoute);
