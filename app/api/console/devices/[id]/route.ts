import { showDevice } from "#server/services/device/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showDevice, ({ params }) => ({ device: params["id"] }));
