import { deviceCredentials } from "#server/services/device/credentials.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(deviceCredentials, ({ params }) => ({ deviceId: params["id"] }));
