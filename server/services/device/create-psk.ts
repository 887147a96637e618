import { pskKindOf } from "#server/domain/psk.ts";
import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { createPskSchema } from "#server/services/device/schemas.ts";
import { hasDeviceKey } from "#server/services/device/write-device-key.ts";
import { writePsk } from "#server/services/device/write-psk.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Gives a device a pre-shared key for the TLS listener (RFC 4279; RFC 8446 §2.2), into a slot that
 * is empty.
 * @throws ServiceError not_found, conflict (the slot has a key, or the device is decommissioned)
 */
export const createPsk = defineMutation({
  name: "credential.createPsk",
  can: "device.manage",
  input: createPskSchema,
  run: async ({ ctx, tx, input }) => {
    const { slot } = input;
    const device = await findLivingDevice(tx, input.deviceId);
    const kind = pskKindOf(slot);
    if (await hasDeviceKey({ ctx, tx }, { device, kind })) {
      throw new ServiceError(
        "conflict",
        `${device.deviceId} has a ${slot} pre-shared key already.`,
        {
          remedy: "Rotate it, or use the other slot.",
        },
      );
    }
    const value = await writePsk({ ctx, tx }, { device, slot, key: input.key });
    return {
      value,
      audit: {
        target: deviceTarget(device),
        payload: { kind, credential: value.credentialId, brought: input.key !== undefined },
      },
      control: deviceChanged(ctx, device),
    };
  },
});
