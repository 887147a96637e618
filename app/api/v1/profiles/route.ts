import { listProfilesRoute, createProfileRoute } from "#server/web/api/profiles.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listProfilesRoute);
export const POST = defineRoute(createProfileRoute);
