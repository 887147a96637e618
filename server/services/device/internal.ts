import type { Tx } from "#server/db/client.ts";
import { lockDevice, type LockedDevice } from "#server/db/lock-device.ts";
import type { ControlEvent } from "#server/db/notify-control.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/**
 * The device that a change is about, by its own id or by UUID, locked until the transaction ends.
 * @throws ServiceError not_found
 */
export async function findDevice(tx: Tx, idOrDeviceId: string): Promise<LockedDevice> {
  const device = await lockDevice(tx, idOrDeviceId);
  if (device !== undefined) return device;
  throw new ServiceError("not_found", `There is no device “${idOrDeviceId}”.`, {
    remedy: "Check the id in the list of devices.",
  });
}

/**
 * The same, for changes that make no sense once the device is gone for good.
 * @throws ServiceError not_found, conflict when it is decommissioned
 */
export async function findLivingDevice(tx: Tx, idOrDeviceId: string): Promise<LockedDevice> {
  const device = await findDevice(tx, idOrDeviceId);
  if (device.state !== "decommissioned") return device;
  throw new ServiceError("conflict", `The device “${device.deviceId}” is decommissioned.`, {
    remedy: "Onboard it anew under another device id.",
  });
}

/** How the audit trail names a device. */
export function deviceTarget(device: Pick<LockedDevice, "deviceId">): string {
  return `device:${device.deviceId}`;
}

/** Tells the workers to look at the device again, and to drop it where it may not stay. */
export function deviceChanged(
  ctx: Pick<Context, "tenantId">,
  device: Pick<LockedDevice, "key">,
): ControlEvent {
  return { kind: "device", tenantId: ctx.tenantId, deviceKey: device.key.toString() };
}
