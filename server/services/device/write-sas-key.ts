import { randomBytes, randomUUID } from "node:crypto";
import { KeyMissing, type SealedPlace } from "#server/crypto/envelope.ts";
import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import { credentialKindOf, sasKeyBytes, type SasSlot } from "#server/domain/sas-key.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** A device's SAS key, which is in this answer and nowhere else in clear. */
export type SasKeyMade = {
  readonly deviceId: string;
  readonly credentialId: string;
  readonly slot: SasSlot;
  /** Base64, as the device's software takes it. */
  readonly key: string;
};

/**
 * Seals a key for a slot that is empty, within the caller's transaction.
 * @param wanted.key base64; made when absent
 */
export async function writeSasKey(
  tx: Tx,
  ctx: Context,
  wanted: {
    readonly device: Pick<LockedDevice, "id" | "deviceId">;
    readonly slot: SasSlot;
    readonly key: string | undefined;
  },
): Promise<SasKeyMade> {
  const { device, slot } = wanted;
  const key =
    wanted.key === undefined ? randomBytes(sasKeyBytes.made) : Buffer.from(wanted.key, "base64");
  const { tenantId } = ctx;
  const id = randomUUID();
  const place = { table: "device_credential", column: "sealed_key", tenantId, id };
  await tx.deviceCredential.create({
    data: {
      tenantId,
      id,
      deviceId: device.id,
      kind: credentialKindOf(slot),
      sealedKey: sealed(ctx, place, key),
      createdAt: ctx.now(),
      createdBy: actorName(ctx.actor),
    },
    select: { id: true },
  });
  return { deviceId: device.deviceId, credentialId: id, slot, key: key.toString("base64") };
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

/** Ends the key in a slot. @returns how many there were */
export async function endSasKey(
  tx: Tx,
  ctx: Context,
  of: { readonly device: Pick<LockedDevice, "id">; readonly slot: SasSlot },
): Promise<number> {
  const { count } = await tx.deviceCredential.updateMany({
    where: {
      tenantId: ctx.tenantId,
      deviceId: of.device.id,
      kind: credentialKindOf(of.slot),
      revokedAt: null,
    },
    data: { revokedAt: ctx.now() },
  });
  return count;
}
