import { createHmac, randomBytes } from "node:crypto";
import { KeyMissing, type SealedPlace } from "#server/crypto/envelope.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/**
 * Keys of a group: two from which devices' keys are derived, of which one can be replaced while
 * devices use the other, and one that signs what its webhook is sent.
 */
export type GroupKeySlot = "primary" | "secondary" | "webhook";

/** Azure's have 512 bits; Standard Webhooks has 192 to 512. */
const keyBytes = { primary: 64, secondary: 64, webhook: 32 } as const;

/** By which Standard Webhooks marks a secret. */
const webhookPrefix = "whsec_";

type Group = { readonly tenantId: string; readonly id: string };

/** A key in clear for the one answer that shows it, and sealed for the row. */
export type GroupKeyMade = { readonly text: string; readonly sealed: Uint8Array<ArrayBuffer> };

/**
 * The key of one device of a symmetric-key group, as Azure's Device Provisioning Service derives it:
 * base64(HMAC-SHA256(group key, registration id)). Device and server make it alike.
 */
export function deriveDeviceKey(groupKey: Buffer, registrationId: string): string {
  return createHmac("sha256", groupKey).update(registrationId, "utf8").digest("base64");
}

/** Where the sealed key of a slot lives; who opens one says the same. */
export function groupKeyPlace({ tenantId, id }: Group, slot: GroupKeySlot): SealedPlace {
  return { table: "enrolment_group", column: `sealed_${slot}`, tenantId, id };
}

/**
 * A fresh key for a slot.
 * @throws ServiceError unavailable when this process has no key for sealing
 */
export function makeGroupKey(
  { keyring }: Pick<Context, "keyring">,
  group: Group,
  slot: GroupKeySlot,
): GroupKeyMade {
  const key = randomBytes(keyBytes[slot]);
  const base64 = key.toString("base64");
  try {
    return {
      text: slot === "webhook" ? webhookPrefix + base64 : base64,
      sealed: keyring.seal(groupKeyPlace(group, slot), key),
    };
  } catch (error) {
    if (!(error instanceof KeyMissing)) throw error;
    throw new ServiceError("unavailable", "This process has no key for sealing secrets.", {
      remedy: error.message,
    });
  }
}
