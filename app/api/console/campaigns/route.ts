import { listCampaigns } from "#server/services/campaign/list.ts";
import { sessionRoute } from "#server/web/route.ts";

export const GET = sessionRoute(listCampaigns, ({ query }) => query);
