import { randomUUID } from "node:crypto";
import { KeyMissing, type SealedPlace } from "#server/crypto/envelope.ts";
import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** Kinds of keys that are kept sealed, one of each kind at a time. */
export type DeviceKeyKind = "sas-primary" | "sas-secondary" | "psk-primary" | "psk-secondary";

type At = { readonly ctx: Context; readonly tx: Tx };
type Slot = { readonly device: Pick<LockedDevice, "id">; readonly kind: DeviceKeyKind };

/**
 * Seals a key for a slot that is empty, within the caller's transaction.
 * @returns the credential's id
 * @throws ServiceError unavailable where this process cannot seal
 */
export async function writeDeviceKey(
  { ctx, tx }: At,
  { device, kind, key }: Slot & { readonly key: Buffer },
): Promise<string> {
  const { tenantId } = ctx;
  const id = randomUUID();
  const place = { table: "device_credential", column: "sealed_key", tenantId, id };
  await tx.deviceCredential.create({
    data: {
      tenantId,
      id,
      deviceId: device.id,
      kind,
      sealedKey: sealed(ctx, place, key),
      createdAt: ctx.now(),
      createdBy: actorName(ctx.actor),
    },
    select: { id: true },
  });
  return id;
}

function sealed({ keyring }: Context, place: SealedPlace, key: Buffer): Uint8Array<ArrayBuffer> {
  try {
    return keyring.seal(place, key);
  } catch (error) {
    if (!(error instanceof KeyMissing)) throw error;
    throw new ServiceError("unavailable", "This process has no key for sealing secrets.", {
      remedy: error.message,
    });
  }
}

/** Whether a slot holds a key that counts. */
export async function hasDeviceKey({ ctx, tx }: At, { device, kind }: Slot): Promise<boolean> {
  const there = await tx.deviceCredential.findFirst({
    where: { tenantId: ctx.tenantId, deviceId: device.id, kind, revokedAt: null },
    select: { id: true },
  });
  return there !== null;
}

/** Ends the key in a slot. @returns how many there were */
export async function endDeviceKey({ ctx, tx }: At, { device, kind }: Slot): Promise<number> {
  const { count } = await tx.deviceCredential.updateMany({
    where: { tenantId: ctx.tenantId, deviceId: device.id, kind, revokedAt: null },
    data: { revokedAt: ctx.now() },
  });
  return count;
}
