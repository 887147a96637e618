import { randomBytes } from "node:crypto";
import { KeyMissing, type SealedPlace } from "#server/crypto/envelope.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { webhookSecretPrefix } from "#server/services/webhook/sign.ts";

/** Standard Webhooks has 192 to 512 bits. */
const secretBytes = 32;

/** Where the sealed secret of a channel lives; who opens it says the same. */
export function channelSecretPlace(of: {
  readonly tenantId: string;
  readonly id: string;
}): SealedPlace {
  return { table: "alert_channel", column: "sealed_secret", tenantId: of.tenantId, id: of.id };
}

/**
 * A fresh secret for a webhook: in clear for the one answer that shows it, and sealed for the row.
 * @throws ServiceError unavailable when this process has no key for sealing
 */
export function makeChannelSecret(
  { keyring }: Pick<Context, "keyring">,
  channel: { readonly tenantId: string; readonly id: string },
): { readonly text: string; readonly sealed: Uint8Array<ArrayBuffer> } {
  const secret = randomBytes(secretBytes);
  try {
    return {
      text: webhookSecretPrefix + secret.toString("base64"),
      sealed: keyring.seal(channelSecretPlace(channel), secret),
    };
  } catch (error) {
    if (!(error instanceof KeyMissing)) throw error;
    throw new ServiceError("unavailable", "This process has no key for sealing secrets.", {
      remedy: error.message,
    });
  }
}
