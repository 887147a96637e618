import { randomBytes } from "node:crypto";
import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import { credentialKindOf, sasKeyBytes, type SasSlot } from "#server/domain/sas-key.ts";
import type { Context } from "#server/services/context.ts";
import { endDeviceKey, writeDeviceKey } from "#server/services/device/write-device-key.ts";

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
  const credentialId = await writeDeviceKey(
    { ctx, tx },
    { device, kind: credentialKindOf(slot), key },
  );
  return { deviceId: device.deviceId, credentialId, slot, key: key.toString("base64") };
}

/** Ends the key in a slot. @returns how many there were */
export async function endSasKey(
  tx: Tx,
  ctx: Context,
  of: { readonly device: Pick<LockedDevice, "id">; readonly slot: SasSlot },
): Promise<number> {
  return endDeviceKey({ ctx, tx }, { device: of.device, kind: credentialKindOf(of.slot) });
}
