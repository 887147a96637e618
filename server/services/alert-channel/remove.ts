import { channelTargetOf, requireChannel } from "#server/services/alert-channel/internal.ts";
import { channelTarget } from "#server/services/alert-channel/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

export type ChannelRemoved = { readonly id: string; readonly name: string };

/**
 * Removes a channel, with what waits to be sent to it and the record of what was sent.
 * @throws ServiceError not_found
 */
export const removeAlertChannel = defineMutation({
  name: "alertChannel.remove",
  can: "alert.manage",
  input: channelTarget,
  run: async ({ ctx, tx, input: { channelId } }) => {
    const { tenantId } = ctx;
    const { id, name, kind, target } = await requireChannel(tx, ctx, channelId);
    const deliveries = await tx.alertDelivery.deleteMany({ where: { tenantId, channelId: id } });
    await tx.alertChannel.delete({
      where: { tenantId_id: { tenantId, id } },
      select: { id: true },
    });
    const value: ChannelRemoved = { id, name };
    return {
      value,
      audit: {
        target: channelTargetOf({ name }),
        payload: { before: { id, kind, target }, deliveries: deliveries.count },
      },
    };
  },
});
