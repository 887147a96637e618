import { countMatchingDevices } from "#server/services/device/count.ts";
import { deviceListInput } from "#server/services/device/list-input.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(countMatchingDevices, ({ query }) => deviceListInput(query));
