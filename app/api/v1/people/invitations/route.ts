import { invitePersonRoute } from "#server/web/api/people.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(invitePersonRoute);
