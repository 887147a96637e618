import { profileTrafficRoute } from "#server/web/api/profiles.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(profileTrafficRoute);
