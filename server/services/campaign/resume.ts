import { countCampaign, retryFailedDevices } from "#server/db/campaign-devices.ts";
import type { Tx } from "#server/db/client.ts";
import type { RotationCampaign } from "#server/db/generated/client.ts";
import type { KeptWave } from "#server/domain/campaign.ts";
import { afterPause } from "#server/domain/campaign-step.ts";
import {
  campaignTarget,
  findCampaign,
  keptWaves,
  requireState,
} from "#server/services/campaign/internal.ts";
import { resumeCampaignSchema } from "#server/services/campaign/schemas.ts";
import { viewOfCampaign } from "#server/services/campaign/to-view.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Lets a campaign go on that was paused or has halted. Failures that there are by then do not halt it
 * again; with `retryFailed` their devices are asked again instead.
 * @throws ServiceError not_found, conflict (it does not stand still)
 */
export const resumeCampaign = defineMutation({
  name: "campaign.resume",
  can: "certificate.rotate",
  input: resumeCampaignSchema,
  timeoutMs: 60_000,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const now = ctx.now();
    const campaign = await findCampaign(tx, { tenantId, campaignId: input.campaignId });
    requireState(campaign, ["paused", "halted"], "Only a campaign that stands still can go on.");
    const retried = input.retryFailed ? await retryFailedDevices(tx, campaign, now) : [];
    const row = await tx.rotationCampaign.update({
      where: { tenantId_id: { tenantId, id: campaign.id } },
      data: {
        state: "running",
        haltedFor: "",
        waves: [...(await wavesToGoOn(tx, campaign, { now, retried }))],
        revision: { increment: 1 },
        leaseOwner: null,
        leaseUntil: null,
      },
    });
    return {
      value: await viewOfCampaign(tx, row, now),
      audit: {
        target: campaignTarget(campaign.id),
        payload: {
          before: { state: campaign.state, haltedFor: campaign.haltedFor },
          retryFailed: input.retryFailed,
        },
      },
      control: { kind: "campaign" as const, tenantId },
    };
  },
});

/** Only a look at a halted campaign forgives failures; a pause forgives nothing. */
async function wavesToGoOn(
  tx: Tx,
  campaign: RotationCampaign,
  at: { readonly now: Date; readonly retried: readonly number[] },
): Promise<readonly KeptWave[]> {
  const { now, retried } = at;
  const waves = afterPause(keptWaves(campaign), now);
  const { counts } = await countCampaign(tx, campaign, { waves: waves.length, now });
  return waves.map((wave, index) => ({
    ...wave,
    // Whoever is asked again has all the time again.
    ...(retried.includes(index) && { startedAt: now.toISOString() }),
    forgiven:
      campaign.state === "halted" || retried.includes(index)
        ? (counts[index]?.failed ?? 0)
        : wave.forgiven,
  }));
}
