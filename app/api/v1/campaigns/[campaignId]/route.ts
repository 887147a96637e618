import { changeCampaignRoute, showCampaignRoute } from "#server/web/api/campaigns.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(showCampaignRoute);
export const PATCH = defineRoute(changeCampaignRoute);
