import {
  campaignTarget,
  findCampaign,
  keptWaves,
  requireState,
} from "#server/services/campaign/internal.ts";
import { campaignRefSchema } from "#server/services/campaign/schemas.ts";
import { viewOfCampaign } from "#server/services/campaign/to-view.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Stops asking devices. Those that were asked may still renew, and their time stands still.
 * @throws ServiceError not_found, conflict (it does not run)
 */
export const pauseCampaign = defineMutation({
  name: "campaign.pause",
  can: "certificate.rotate",
  input: campaignRefSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const campaign = await findCampaign(tx, { tenantId, campaignId: input.campaignId });
    requireState(campaign, ["running"], "Only a campaign that runs can be paused.");
    const pausedAt = ctx.now().toISOString();
    const row = await tx.rotationCampaign.update({
      where: { tenantId_id: { tenantId, id: campaign.id } },
      data: {
        state: "paused",
        waves: keptWaves(campaign).map((wave, index) =>
          index === campaign.wave ? { ...wave, pausedAt } : { ...wave },
        ),
        revision: { increment: 1 },
        leaseOwner: null,
        leaseUntil: null,
      },
    });
    return {
      value: await viewOfCampaign(tx, row, ctx.now()),
      audit: { target: campaignTarget(campaign.id), payload: { wave: campaign.wave + 1 } },
      control: { kind: "campaign" as const, tenantId },
    };
  },
});
