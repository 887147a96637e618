import { listGroupMembersRoute } from "#server/web/api/fleet.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listGroupMembersRoute);
