import { noCampaign } from "#server/services/campaign/internal.ts";
import { campaignRefSchema } from "#server/services/campaign/schemas.ts";
import { viewOfCampaign } from "#server/services/campaign/to-view.ts";
import type { CampaignView } from "#server/services/campaign/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** A campaign and how far it is. */
export const showCampaign = defineQuery({
  name: "campaign.show",
  can: "certificate.view",
  input: campaignRefSchema,
  run: async ({ ctx, tx, input }): Promise<CampaignView> => {
    const row = await tx.rotationCampaign.findUnique({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: input.campaignId } },
    });
    if (row === null) throw noCampaign();
    return viewOfCampaign(tx, row, ctx.now());
  },
});
