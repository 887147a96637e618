import { deviceListInput } from "#server/services/device/list-input.ts";
import { listDevices } from "#server/services/device/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listDevices, ({ query }) => deviceListInput(query));
