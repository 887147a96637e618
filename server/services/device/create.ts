import { insertDevice, type DeviceCreated } from "#server/services/device/insert-device.ts";
import { deviceChanged, deviceTarget } from "#server/services/device/internal.ts";
import { createDeviceSchema } from "#server/services/device/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** Registers a device. It can connect once it has a certificate or a token. */
export const createDevice = defineMutation({
  name: "device.create",
  can: "device.manage",
  input: createDeviceSchema,
  run: async (at) => {
    const { device, key } = await insertDevice(at);
    const value: DeviceCreated = device;
    return {
      value,
      audit: { target: deviceTarget(device), payload: { after: device } },
      control: deviceChanged(at.ctx, { key }),
    };
  },
});
