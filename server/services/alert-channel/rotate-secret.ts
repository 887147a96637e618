import { channelTargetOf, requireChannel } from "#server/services/alert-channel/internal.ts";
import { channelTarget } from "#server/services/alert-channel/schemas.ts";
import { makeChannelSecret } from "#server/services/alert-channel/secret.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** The fresh secret, in this answer and nowhere else in clear. */
export type ChannelSecretRotated = { readonly id: string; readonly secret: string };

/**
 * Replaces the secret with which a webhook's messages are signed; the old one counts no more.
 * @throws ServiceError not_found, conflict (it is no webhook)
 */
export const rotateChannelSecret = defineMutation({
  name: "alertChannel.rotateSecret",
  can: "alert.manage",
  input: channelTarget,
  run: async ({ ctx, tx, input: { channelId } }) => {
    const { tenantId } = ctx;
    const { id, name, kind } = await requireChannel(tx, ctx, channelId);
    if (kind !== "webhook") {
      throw new ServiceError("conflict", `The channel ${name} has no secret.`, {
        remedy: "Only webhooks are signed.",
      });
    }
    const { text, sealed } = makeChannelSecret(ctx, { tenantId, id });
    await tx.alertChannel.update({
      where: { tenantId_id: { tenantId, id } },
      data: { sealedSecret: sealed, revision: { increment: 1 } },
      select: { id: true },
    });
    const value: ChannelSecretRotated = { id, secret: text };
    return { value, audit: { target: channelTargetOf({ name }), payload: { id } } };
  },
});
