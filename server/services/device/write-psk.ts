import { randomBytes } from "node:crypto";
import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import { pskBytes, pskIdentityOf, pskKindOf, type PskSlot } from "#server/domain/psk.ts";
import type { Context } from "#server/services/context.ts";
import { writeDeviceKey } from "#server/services/device/write-device-key.ts";

/** A device's pre-shared key, which is in this answer and nowhere else in clear. */
export type PskMade = {
  readonly deviceId: string;
  readonly credentialId: string;
  readonly slot: PskSlot;
  /** What the device calls itself in the TLS handshake. */
  readonly identity: string;
  /** Hex, as most clients take it. */
  readonly key: string;
};

/**
 * Seals a pre-shared key for a slot that is empty, within the caller's transaction.
 * @param wanted.key hex; made when absent
 * @throws ServiceError unavailable where this process cannot seal
 */
export async function writePsk(
  { ctx, tx }: { readonly ctx: Context; readonly tx: Tx },
  wanted: {
    readonly device: Pick<LockedDevice, "id" | "deviceId">;
    readonly slot: PskSlot;
    readonly key: string | undefined;
  },
): Promise<PskMade> {
  const { device, slot } = wanted;
  const { deviceId } = device;
  const key =
    wanted.key === undefined ? randomBytes(pskBytes.made) : Buffer.from(wanted.key, "hex");
  const credentialId = await writeDeviceKey({ ctx, tx }, { device, kind: pskKindOf(slot), key });
  const identity = pskIdentityOf(deviceId, slot);
  return { deviceId, credentialId, slot, identity, key: key.toString("hex") };
}
