import { claimDeviceRoute } from "#server/web/api/transfers.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(claimDeviceRoute);
