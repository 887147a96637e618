import { cancelCampaignRoute } from "#server/web/api/campaigns.ts";
import { defineRoute } from "#server/web/route.ts";

export const POST = defineRoute(cancelCampaignRoute);
