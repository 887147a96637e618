import { createDeviceGroupRoute, listDeviceGroupsRoute } from "#server/web/api/fleet.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listDeviceGroupsRoute);
export const POST = defineRoute(createDeviceGroupRoute);
