import { endChildren, type ChildrenEnded } from "#server/services/device/end-children.ts";
import { endDevices, type Ended } from "#server/services/device/end-devices.ts";
import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { decommissionDeviceSchema } from "#server/services/device/schemas.ts";
import { requestErasure } from "#server/services/device/request-erasure.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** What ended with the device. */
export type DeviceDecommissioned = Ended & {
  readonly deviceId: string;
  readonly state: "decommissioned";
  /** What becomes of what it sent. */
  readonly data: "keep" | "erase";
  /** Of a gateway. */
  readonly children: ChildrenEnded;
};

/**
 * Ends a device for good: certificates and credentials are revoked, its connection is dropped. What
 * it sent stays, or is deleted. Devices behind it are detached, or end with it in the same way.
 * @throws ServiceError not_found, conflict (decommissioned already, too many children)
 */
export const decommissionDevice = defineMutation({
  name: "device.decommission",
  can: "device.manage",
  input: decommissionDeviceSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findLivingDevice(tx, input.deviceId);
    const { reason } = input;
    const children = await endChildren(tx, ctx, {
      gateway: device,
      children: input.children,
      reason,
      data: input.data,
    });
    const ended = await endDevices(tx, ctx, [device.id]);
    if (input.data === "erase") await requestErasure(tx, ctx, [device]);
    const value: DeviceDecommissioned = {
      deviceId: device.deviceId,
      state: "decommissioned",
      data: input.data,
      ...ended,
      children,
    };
    const { deviceId: _, ...after } = value;
    return {
      value,
      audit: {
        target: deviceTarget(device),
        payload: { before: { state: device.state }, after },
        ...(reason === "" ? {} : { reason }),
      },
      control: deviceChanged(ctx, device),
    };
  },
});
