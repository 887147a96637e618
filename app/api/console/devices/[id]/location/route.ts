import { deviceLocation } from "#server/services/device/location.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(deviceLocation, ({ params }) => ({ deviceId: params["id"] }));
