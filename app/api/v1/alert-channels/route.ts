import { createAlertChannelRoute, listAlertChannelsRoute } from "#server/web/api/alerts.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listAlertChannelsRoute);
export const POST = defineRoute(createAlertChannelRoute);
