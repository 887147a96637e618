import { mapExtent } from "#server/services/device/map.ts";
import { sessionRoute } from "#server/web/route.ts";

export const POST = sessionRoute(mapExtent, ({ body }) => body);
