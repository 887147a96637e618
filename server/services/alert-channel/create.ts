import { randomUUID } from "node:crypto";
import { channelTargetOf, requireFreeName } from "#server/services/alert-channel/internal.ts";
import { createChannelSchema, maxChannels } from "#server/services/alert-channel/schemas.ts";
import { makeChannelSecret } from "#server/services/alert-channel/secret.ts";
import {
  channelColumns,
  channelView,
  type ChannelView,
} from "#server/services/alert-channel/view.ts";
import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** A channel; the secret of a webhook is in this answer and nowhere else in clear. */
export type ChannelCreated = ChannelView & { readonly secret: string | null };

/**
 * Makes a channel to which alerts are sent from now on.
 * @throws ServiceError invalid, conflict (the name is taken, or there are 20)
 */
export const createAlertChannel = defineMutation({
  name: "alertChannel.create",
  can: "alert.manage",
  input: createChannelSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    await requireFreeName(tx, ctx, input);
    if ((await tx.alertChannel.count({ where: { tenantId } })) >= maxChannels) {
      throw new ServiceError("conflict", `There are ${maxChannels} channels already.`, {
        remedy: "Remove one that nobody needs.",
      });
    }
    const id = randomUUID();
    const secret = input.kind === "webhook" ? makeChannelSecret(ctx, { tenantId, id }) : undefined;
    const row = await tx.alertChannel.create({
      data: {
        ...input,
        tenantId,
        id,
        sealedSecret: secret?.sealed ?? null,
        createdAt: ctx.now(),
        createdBy: actorName(ctx.actor),
      },
      select: channelColumns,
    });
    const value: ChannelCreated = { ...channelView(row), secret: secret?.text ?? null };
    return {
      value,
      audit: { target: channelTargetOf(input), payload: { after: { id, ...input } } },
    };
  },
});
