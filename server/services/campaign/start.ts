import { assignCampaignWaves, insertCampaignDevices } from "#server/db/campaign-devices.ts";
import { waveBounds } from "#server/domain/campaign.ts";
import { requireRevision } from "#server/services/campaign/change.ts";
import {
  campaignTarget,
  findCampaign,
  keptWaves,
  placeOfTarget,
  requireState,
  targetOf,
} from "#server/services/campaign/internal.ts";
import { startCampaignSchema } from "#server/services/campaign/schemas.ts";
import { viewOfCampaign } from "#server/services/campaign/to-view.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Starts a campaign: its target is looked up now, each device gets its wave, and a worker begins to
 * ask. Devices of another campaign are listed and skipped.
 * @throws ServiceError not_found, conflict (started already; changed since; no device to ask)
 */
export const startCampaign = defineMutation({
  name: "campaign.start",
  can: "certificate.rotate",
  input: startCampaignSchema,
  timeoutMs: 120_000,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const campaign = await findCampaign(tx, { tenantId, campaignId: input.campaignId });
    requireState(campaign, ["draft"], "A campaign is started once. Plan another one.");
    requireRevision(campaign, input.revision);
    const target = targetOf(campaign);
    const at = await placeOfTarget(tx, ctx, target);
    const { taken, total } = await insertCampaignDevices(tx, campaign, { target, at });
    if (taken === 0) throw nobody(campaign.name, total);
    const waves = keptWaves(campaign);
    await assignCampaignWaves(tx, campaign, { bounds: waveBounds(waves, taken), from: 0 });
    const now = ctx.now();
    const row = await tx.rotationCampaign.update({
      where: { tenantId_id: { tenantId, id: campaign.id } },
      data: {
        state: "running",
        wave: 0,
        waveAt: now,
        waves: waves.map((wave, index) =>
          index === 0 ? { ...wave, startedAt: now.toISOString() } : { ...wave },
        ),
        total,
        startedAt: now,
        revision: { increment: 1 },
      },
    });
    return {
      value: await viewOfCampaign(tx, row, now),
      audit: {
        target: campaignTarget(campaign.id),
        payload: { devices: total, skipped: total - taken, waves: waves.length },
      },
      control: { kind: "campaign" as const, tenantId },
    };
  },
});

function nobody(name: string, total: number): ServiceError {
  return total === 0
    ? new ServiceError("conflict", `No device fits the target of “${name}”.`, {
        remedy: "Plan a campaign with a wider target.",
      })
    : new ServiceError(
        "conflict",
        `All ${total} devices of “${name}” are suspended or in another campaign.`,
        {
          remedy: "Wait until the other campaign has ended, or cancel it.",
        },
      );
}
