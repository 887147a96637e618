import {
  busyOfTarget,
  previewCampaignTarget,
  type TargetFigures,
} from "#server/db/campaign-target.ts";
import type { Tx } from "#server/db/client.ts";
import type { CampaignTarget } from "#server/domain/campaign.ts";
import { placeOfTarget } from "#server/services/campaign/internal.ts";
import { previewCampaignSchema } from "#server/services/campaign/schemas.ts";
import { wordsOfTarget } from "#server/services/campaign/to-view.ts";
import type { CampaignPreview } from "#server/services/campaign/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** Busy devices that are named. */
const mostNamed = 20;

/**
 * Says what a campaign with a target would meet: how many devices, how many of them asleep, never seen,
 * or without a way to hear of it. Nothing is changed.
 * @throws ServiceError invalid (a CA that is not known)
 */
export const previewCampaign = defineQuery({
  name: "campaign.preview",
  can: "certificate.view",
  input: previewCampaignSchema,
  run: async ({ ctx, tx, input }): Promise<CampaignPreview> => {
    const { target } = input;
    const at = await placeOfTarget(tx, ctx, target);
    const figures = await previewCampaignTarget(tx, target, at);
    const busyDevices =
      figures.busy === 0 ? [] : await busyOfTarget(tx, target, { ...at, limit: mostNamed });
    const taken = figures.devices - figures.suspended - figures.busy;
    return {
      ...figures,
      firstEnd: figures.firstEnd?.toISOString() ?? null,
      taken,
      busyDevices,
      targetWords: await wordsOfTarget(tx, ctx.tenantId, target),
      warnings: [...warningsOf(figures, taken), ...(await issuerWarning(tx, target))],
    };
  },
});

const devices = (count: number, one: string, many: string): string =>
  count === 1 ? `One device ${one}` : `${count} devices ${many}`;

function warningsOf(figures: TargetFigures, taken: number): readonly string[] {
  const { manual, noSubscription, neverSeen } = figures;
  const warnings: string[] = [];
  if (taken > 0 && manual === taken) {
    warnings.push(
      "All profiles of these devices say that people renew. The devices are asked nevertheless; those that cannot renew by themselves count as failed when the patience ends.",
    );
  } else if (manual > 0) {
    const who = devices(manual, "has a profile that says", "have profiles that say");
    warnings.push(
      `${who} that people renew; what cannot renew by itself counts as failed when the patience ends.`,
    );
  }
  if (noSubscription > 0) {
    const who = devices(noSubscription, "has a session and does not", "have a session and do not");
    warnings.push(`${who} subscribe to …/dn/certificate/renew: it is not heard there.`);
  }
  if (neverSeen > 0) {
    const who = devices(neverSeen, "has never connected", "have never connected");
    warnings.push(`${who} and will probably count as failed.`);
  }
  return warnings;
}

/** Whoever moves devices off a CA must first let another one sign. */
async function issuerWarning(tx: Tx, target: CampaignTarget): Promise<readonly string[]> {
  if (target.issuerSha256 === undefined) return [];
  const active = await tx.certificateAuthority.findMany({
    where: { kind: "issuing", state: "active" },
    select: { sha256: true },
  });
  const others = active.filter(({ sha256 }) => sha256 !== target.issuerSha256);
  if (others.length > 0 || active.length === 0) return [];
  return [
    "No other issuing CA signs, so the new certificates will be issued by the same CA again. Add an issuing CA first.",
  ];
}
