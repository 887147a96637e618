import { listDeviceNotes } from "#server/services/device-note/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listDeviceNotes, ({ params }) => ({ deviceId: params["id"] }));
