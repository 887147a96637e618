import { z } from "zod";
import type { TargetAt } from "#server/db/campaign-target.ts";
import type { Tx } from "#server/db/client.ts";
import type { RotationCampaign } from "#server/db/generated/client.ts";
import { lockCampaign } from "#server/db/lock-campaign.ts";
import type { CampaignTarget, KeptWave } from "#server/domain/campaign.ts";
import { campaignTarget as targetShape, keptWave } from "#server/domain/campaign-schema.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** For a campaign that does not exist, or belongs to somebody else. */
export function noCampaign(): ServiceError {
  return new ServiceError("not_found", "There is no such campaign.", {
    remedy: "Go back to the list of campaigns.",
  });
}

/** How the audit trail names a campaign. */
export function campaignTarget(campaignId: string): string {
  return `campaign:${campaignId}`;
}

const waves = z.array(keptWave);

/** The waves of a row, with what became of them. */
export function keptWaves(row: Pick<RotationCampaign, "waves">): readonly KeptWave[] {
  return waves.parse(row.waves);
}

/** The target of a row. */
export function targetOf(row: Pick<RotationCampaign, "target">): CampaignTarget {
  return targetShape.parse(row.target);
}

/**
 * The campaign that a change is about, locked until the transaction ends.
 * @throws ServiceError not_found
 */
export async function findCampaign(
  tx: Tx,
  at: { readonly tenantId: string; readonly campaignId: string },
): Promise<RotationCampaign> {
  const { tenantId, campaignId } = at;
  if (!(await lockCampaign(tx, at))) throw noCampaign();
  return tx.rotationCampaign.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: campaignId } },
  });
}

/** What each state means for whoever wants to change the campaign. */
const stateWords: Readonly<Record<RotationCampaign["state"], string>> = {
  draft: "has not been started",
  running: "is running",
  paused: "is paused",
  halted: "is halted",
  done: "is done",
  cancelled: "was cancelled",
};

/** @throws ServiceError conflict when the campaign is in none of the states */
export function requireState(
  campaign: RotationCampaign,
  states: readonly RotationCampaign["state"][],
  remedy: string,
): void {
  if (states.includes(campaign.state)) return;
  const words = `The campaign “${campaign.name}” ${stateWords[campaign.state]}.`;
  throw new ServiceError("conflict", words, { remedy });
}

/**
 * Where a target is looked for.
 * @throws ServiceError invalid when its issuing CA is not known here
 */
export async function placeOfTarget(
  tx: Tx,
  ctx: Pick<Context, "tenantId" | "now">,
  target: CampaignTarget,
): Promise<TargetAt> {
  const { tenantId } = ctx;
  const { issuerSha256 } = target;
  if (issuerSha256 === undefined) return { tenantId, now: ctx.now(), issuer: undefined };
  const authority = await tx.certificateAuthority.findUnique({
    where: { sha256: issuerSha256 },
    select: { subject: true },
  });
  if (authority !== null) return { tenantId, now: ctx.now(), issuer: authority.subject };
  const message = "No CA of this installation has this fingerprint.";
  throw new ServiceError("invalid", message, {
    fields: [{ path: "target.issuerSha256", message }],
    remedy: "Choose one of the list of authorities.",
  });
}
