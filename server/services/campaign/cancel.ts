import { closeCampaignDevices } from "#server/db/campaign-devices.ts";
import { campaignTarget, findCampaign, requireState } from "#server/services/campaign/internal.ts";
import { cancelCampaignSchema } from "#server/services/campaign/schemas.ts";
import { viewOfCampaign } from "#server/services/campaign/to-view.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Ends a campaign. Certificates that it has brought stay; devices that have not renewed are free for
 * another campaign.
 * @throws ServiceError not_found, conflict (it has ended)
 */
export const cancelCampaign = defineMutation({
  name: "campaign.cancel",
  can: "certificate.rotate",
  input: cancelCampaignSchema,
  timeoutMs: 60_000,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { campaignId, reason } = input;
    const campaign = await findCampaign(tx, { tenantId, campaignId });
    requireState(campaign, ["draft", "running", "paused", "halted"], "Nothing was changed.");
    const now = ctx.now();
    const left = await closeCampaignDevices(tx, campaign, now);
    const row = await tx.rotationCampaign.update({
      where: { tenantId_id: { tenantId, id: campaignId } },
      data: {
        state: "cancelled",
        finishedAt: now,
        revision: { increment: 1 },
        leaseOwner: null,
        leaseUntil: null,
      },
    });
    return {
      value: await viewOfCampaign(tx, row, now),
      audit: {
        target: campaignTarget(campaignId),
        payload: { before: { state: campaign.state }, left },
        ...(reason === "" ? {} : { reason }),
      },
      control: { kind: "campaign" as const, tenantId },
    };
  },
});
