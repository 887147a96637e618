import { exportDevices } from "#server/services/device/export.ts";
import { deviceListInput } from "#server/services/device/list-input.ts";
import { csvResponse } from "#server/web/csv-response.ts";
import { handlerRoute } from "#server/web/route.ts";

export const GET = handlerRoute({
  accept: "session",
  handle: async (ctx, request) => {
    const query = Object.fromEntries(new URL(request.url).searchParams);
    return csvResponse("devices.csv", await exportDevices(ctx, deviceListInput(query)));
  },
});
