import { credentialKindOf } from "#server/domain/sas-key.ts";
import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { createSasKeySchema } from "#server/services/device/schemas.ts";
import { hasDeviceKey } from "#server/services/device/write-device-key.ts";
import { writeSasKey } from "#server/services/device/write-sas-key.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Gives a device a key with which it makes SAS tokens, into a slot that is empty.
 * @throws ServiceError not_found, conflict (the slot has a key, or the device is decommissioned)
 */
export const createSasKey = defineMutation({
  name: "credential.createSasKey",
  can: "device.manage",
  input: createSasKeySchema,
  run: async ({ ctx, tx, input }) => {
    const { slot } = input;
    const device = await findLivingDevice(tx, input.deviceId);
    const kind = credentialKindOf(slot);
    if (await hasDeviceKey({ ctx, tx }, { device, kind })) {
      throw new ServiceError("conflict", `${device.deviceId} has a ${slot} key already.`, {
        remedy: "Rotate it, or use the other slot.",
      });
    }
    const value = await writeSasKey(tx, ctx, { device, slot, key: input.key });
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
