import { profileTraffic } from "#server/services/profile/traffic.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(profileTraffic);
