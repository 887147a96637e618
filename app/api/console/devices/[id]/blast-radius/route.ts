import { deviceBlastRadius } from "#server/services/device/blast-radius.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(deviceBlastRadius, ({ params }) => ({ device: params["id"] }));
