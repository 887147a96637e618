import {
  channelTargetOf,
  requireChannel,
  requireFreeName,
} from "#server/services/alert-channel/internal.ts";
import { changeChannelSchema, targetProblem } from "#server/services/alert-channel/schemas.ts";
import { channelColumns, channelView } from "#server/services/alert-channel/view.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Changes a channel; what waits to be sent goes to the new target.
 * @throws ServiceError not_found, invalid, conflict (somebody changed it meanwhile, or the name is taken)
 */
export const changeAlertChannel = defineMutation({
  name: "alertChannel.change",
  can: "alert.manage",
  input: changeChannelSchema,
  run: async ({ ctx, tx, input }) => {
    const { channelId: id, revision, ...data } = input;
    const before = await requireChannel(tx, ctx, id);
    const message = targetProblem(before.kind, data.target);
    if (message !== undefined) {
      throw new ServiceError("invalid", message, { fields: [{ path: "target", message }] });
    }
    await requireFreeName(tx, ctx, { name: data.name, id });
    const { count } = await tx.alertChannel.updateMany({
      where: { tenantId: ctx.tenantId, id, revision },
      data: { ...data, revision: { increment: 1 } },
    });
    if (count === 0) {
      throw new ServiceError("conflict", `The channel ${before.name} was changed meanwhile.`, {
        remedy: "Open it again: it shows what it is now.",
      });
    }
    const row = await tx.alertChannel.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: ctx.tenantId, id } },
      select: channelColumns,
    });
    const { name, target, minSeverity, rules, enabled } = before;
    return {
      value: channelView(row),
      audit: {
        target: channelTargetOf(before),
        payload: { before: { name, target, minSeverity, rules, enabled }, after: data },
      },
    };
  },
});
