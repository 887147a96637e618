import { previewCampaign } from "#server/services/campaign/preview.ts";
import { sessionRoute } from "#server/web/route.ts";

export const POST = sessionRoute(previewCampaign, ({ body }) => body);
