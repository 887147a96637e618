import { deviceRefusals } from "#server/services/device/refusals.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(deviceRefusals, ({ params }) => ({ device: params["id"] }));
