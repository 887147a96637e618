import { showCampaign } from "#server/services/campaign/show.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(showCampaign, ({ params }) => ({ campaignId: params["id"] }));
