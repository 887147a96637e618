import { changeSavedViewRoute, removeSavedViewRoute } from "#server/web/api/fleet.ts";
import { defineRoute } from "#server/web/route.ts";

export const PATCH = defineRoute(changeSavedViewRoute);
export const DELETE = defineRoute(removeSavedViewRoute);
