import { createCampaignSchema } from "#server/services/campaign/schemas.ts";
import { campaignTarget, placeOfTarget } from "#server/services/campaign/internal.ts";
import { viewOfCampaign } from "#server/services/campaign/to-view.ts";
import { actorName } from "#server/services/context.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Plans a rotation campaign. It has no devices until it is started.
 * @throws ServiceError invalid (a CA that is not known)
 */
export const createCampaign = defineMutation({
  name: "campaign.create",
  can: "certificate.rotate",
  input: createCampaignSchema,
  run: async ({ ctx, tx, input }) => {
    const { target, waves, ...plan } = input;
    await placeOfTarget(tx, ctx, target);
    const row = await tx.rotationCampaign.create({
      data: {
        ...plan,
        tenantId: ctx.tenantId,
        target,
        waves,
        createdAt: ctx.now(),
        createdBy: actorName(ctx.actor),
      },
    });
    return {
      value: await viewOfCampaign(tx, row, ctx.now()),
      audit: { target: campaignTarget(row.id), payload: { ...plan, target, waves } },
    };
  },
});
