import { isDeviceIdTaken } from "#server/services/device/id-taken.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(isDeviceIdTaken, ({ params }) => ({ deviceId: params["id"] }));
