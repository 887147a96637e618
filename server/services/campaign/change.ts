import { assignCampaignWaves, countCampaign } from "#server/db/campaign-devices.ts";
import type { Tx } from "#server/db/client.ts";
import type { RotationCampaign } from "#server/db/generated/client.ts";
import { waveBounds, type CampaignWave, type KeptWave } from "#server/domain/campaign.ts";
import { addCounts, openOf, sizeOf } from "#server/domain/campaign-step.ts";
import {
  campaignTarget,
  findCampaign,
  keptWaves,
  requireState,
} from "#server/services/campaign/internal.ts";
import { changeCampaignSchema } from "#server/services/campaign/schemas.ts";
import { viewOfCampaign } from "#server/services/campaign/to-view.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Changes name, waves, rate or patience of a campaign that stands still. Waves that have begun keep
 * their size; devices that were not asked yet move to the new waves.
 * @throws ServiceError not_found, conflict (it runs or has ended; somebody changed it since it was read)
 */
export const changeCampaign = defineMutation({
  name: "campaign.change",
  can: "certificate.rotate",
  input: changeCampaignSchema,
  timeoutMs: 60_000,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { campaignId, revision, waves, ...plan } = input;
    const campaign = await findCampaign(tx, { tenantId, campaignId });
    requireState(campaign, ["draft", "paused", "halted"], "Pause it first.");
    requireRevision(campaign, revision);
    const before = keptWaves(campaign);
    const kept = waves === undefined ? undefined : rejoin(campaign, before, waves);
    const row = await tx.rotationCampaign.update({
      where: { tenantId_id: { tenantId, id: campaignId } },
      data: {
        ...defined(plan),
        ...(kept !== undefined && { waves: [...kept] }),
        revision: { increment: 1 },
      },
    });
    if (kept !== undefined && campaign.startedAt !== null) {
      await moveToNewWaves(tx, campaign, { kept, now: ctx.now() });
    }
    const { name, reason, perMinute, patienceDays } = campaign;
    const after = { ...defined(plan), ...(waves !== undefined && { waves }) };
    return {
      value: await viewOfCampaign(tx, row, ctx.now()),
      audit: {
        target: campaignTarget(campaignId),
        payload: { before: { name, reason, perMinute, patienceDays, waves: before }, after },
      },
    };
  },
});

/** Those that are left to ask, after the waves that have begun. */
async function moveToNewWaves(
  tx: Tx,
  campaign: RotationCampaign,
  { kept, now }: { readonly kept: readonly KeptWave[]; readonly now: Date },
): Promise<void> {
  const from = campaign.wave + 1;
  const waves = keptWaves(campaign).length;
  const { counts } = await countCampaign(tx, campaign, { waves, now });
  const begun = sizeOf(addCounts(counts.slice(0, from)));
  const left = openOf(addCounts(counts.slice(from)));
  await assignCampaignWaves(tx, campaign, { bounds: waveBounds(kept, begun + left), from });
}

/** Only what was said. */
function defined<T extends object>(plan: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(plan).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** @throws ServiceError conflict when somebody changed it since it was read */
export function requireRevision(campaign: RotationCampaign, revision: number | undefined): void {
  if (revision === undefined || revision === campaign.revision) return;
  throw new ServiceError("conflict", `Somebody changed “${campaign.name}” since you read it.`, {
    remedy: "Look at it again, then repeat your change if it still makes sense.",
  });
}

/**
 * The new plan with what became of the waves that have begun.
 * @throws ServiceError invalid when the size of one of them would change
 */
function rejoin(
  campaign: RotationCampaign,
  before: readonly KeptWave[],
  waves: readonly CampaignWave[],
): readonly KeptWave[] {
  const begun = campaign.startedAt === null ? 0 : campaign.wave + 1;
  for (const [index, wave] of before.slice(0, begun).entries()) {
    const next = waves[index];
    if (next?.percent === wave.percent && next?.count === wave.count) continue;
    const message = `Wave ${index + 1} has begun, so its size stays as it is.`;
    throw new ServiceError("invalid", message, {
      fields: [{ path: `waves.${index}.percent`, message }],
      remedy: "Change the waves after it.",
    });
  }
  return waves.map((wave, index) => {
    const { startedAt, pausedAt, forgiven = 0 } = before[index] ?? {};
    return {
      ...wave,
      forgiven,
      ...(startedAt !== undefined && { startedAt }),
      ...(pausedAt !== undefined && { pausedAt }),
    };
  });
}
