import { listCampaignDevices } from "#server/services/campaign/list-devices.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listCampaignDevices, ({ params, query }) => ({
  ...query,
  campaignId: params["id"],
}));
