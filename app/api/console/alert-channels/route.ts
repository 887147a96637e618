import { listAlertChannels } from "#server/services/alert-channel/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listAlertChannels, () => ({}));
