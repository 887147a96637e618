import { setProfilePolicyRoute } from "#server/web/api/profiles.ts";
import { defineRoute } from "#server/web/route.ts";

export const PATCH = defineRoute(setProfilePolicyRoute);
