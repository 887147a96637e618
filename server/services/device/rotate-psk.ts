import { pskKindOf } from "#server/domain/psk.ts";
import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { createPskSchema } from "#server/services/device/schemas.ts";
import { endDeviceKey } from "#server/services/device/write-device-key.ts";
import { writePsk } from "#server/services/device/write-psk.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Replaces the pre-shared key in a slot; connections made with the old one end at once. Move the
 * device to its other key first where it must not be interrupted.
 * @throws ServiceError not_found, conflict (the slot is empty, or the device is decommissioned)
 */
export const rotatePsk = defineMutation({
  name: "credential.rotatePsk",
  can: "device.manage",
  input: createPskSchema,
  run: async ({ ctx, tx, input }) => {
    const { slot } = input;
    const device = await findLivingDevice(tx, input.deviceId);
    const kind = pskKindOf(slot);
    if ((await endDeviceKey({ ctx, tx }, { device, kind })) === 0) {
      throw new ServiceError("conflict", `${device.deviceId} has no ${slot} pre-shared key.`, {
        remedy: "Create it.",
      });
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
