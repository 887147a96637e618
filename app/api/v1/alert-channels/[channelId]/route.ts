import { changeAlertChannelRoute, removeAlertChannelRoute } from "#server/web/api/alerts.ts";
import { defineRoute } from "#server/web/route.ts";

export const PUT = defineRoute(changeAlertChannelRoute);
export const DELETE = defineRoute(removeAlertChannelRoute);
