import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import { findLivingDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";

/**
 * The device that a certificate is for, locked.
 * @throws ServiceError not_found, conflict when it is suspended or decommissioned
 */
export async function findActiveDevice(tx: Tx, idOrDeviceId: string): Promise<LockedDevice> {
  const device = await findLivingDevice(tx, idOrDeviceId);
  if (device.state !== "suspended") return device;
  throw new ServiceError("conflict", `The device “${device.deviceId}” is suspended.`, {
    remedy: "Resume it before it gets a certificate.",
  });
}
