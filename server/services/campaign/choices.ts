import { z } from "zod";
import { campaignChoicesOf } from "#server/db/campaign-choices.ts";
import type { CampaignChoices } from "#server/domain/campaign.ts";
import { defineQuery } from "#server/services/query.ts";

/** What a target can name: the CAs, profiles, tags and kinds of keys of devices that have a certificate. */
export const campaignChoices = defineQuery({
  name: "campaign.choices",
  can: "certificate.view",
  input: z.object({}),
  run: ({ ctx, tx }): Promise<CampaignChoices> =>
    campaignChoicesOf(tx, { tenantId: ctx.tenantId, now: ctx.now() }),
});
