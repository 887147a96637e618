import { deviceRotation } from "#server/services/certificate/rotation.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(deviceRotation, ({ params }) => ({ deviceId: params["id"] }));
