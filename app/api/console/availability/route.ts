import { availability } from "#server/services/presence/availability.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(availability, ({ query }) => query);
