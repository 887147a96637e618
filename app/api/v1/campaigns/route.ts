import { createCampaignRoute, listCampaignsRoute } from "#server/web/api/campaigns.ts";
import { defineRoute } from "#server/web/route.ts";

export const GET = defineRoute(listCampaignsRoute);
export const POST = defineRoute(createCampaignRoute);
