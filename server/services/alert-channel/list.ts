import { channelListSchema, maxChannels } from "#server/services/alert-channel/schemas.ts";
import {
  channelColumns,
  channelView,
  type ChannelView,
} from "#server/services/alert-channel/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** Where alerts of the organisation are sent, by name. */
export const listAlertChannels = defineQuery({
  name: "alertChannel.list",
  can: "alert.view",
  input: channelListSchema,
  run: async ({ ctx, tx }): Promise<readonly ChannelView[]> => {
    const rows = await tx.alertChannel.findMany({
      where: { tenantId: ctx.tenantId },
      orderBy: [{ name: "asc" }],
      take: maxChannels,
      select: channelColumns,
    });
    return rows.map(channelView);
  },
});
