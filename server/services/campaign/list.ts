import { listCampaignsSchema } from "#server/services/campaign/schemas.ts";
import { viewOfCampaign } from "#server/services/campaign/to-view.ts";
import type { CampaignList, CampaignView } from "#server/services/campaign/view.ts";
import { decodeCursor, encodeCursor } from "#server/services/dead-letter/cursor.ts";
import { defineQuery } from "#server/services/query.ts";

/** Rotation campaigns of the organisation, the newest first. */
export const listCampaigns = defineQuery({
  name: "campaign.list",
  can: "certificate.view",
  input: listCampaignsSchema,
  run: async ({ ctx, tx, input }): Promise<CampaignList> => {
    const { cursor, limit } = input;
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = await tx.rotationCampaign.findMany({
      where: {
        tenantId: ctx.tenantId,
        ...(after !== undefined && {
          OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }],
        }),
      },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    const campaigns: CampaignView[] = [];
    for (const row of page) campaigns.push(await viewOfCampaign(tx, row, ctx.now()));
    const last = page.at(-1);
    const isMore = rows.length > limit && last !== undefined;
    return {
      campaigns,
      next: isMore ? encodeCursor({ at: last.createdAt, id: last.id }) : null,
    };
  },
});
