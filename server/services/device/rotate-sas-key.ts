import { credentialKindOf } from "#server/domain/sas-key.ts";
import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { createSasKeySchema } from "#server/services/device/schemas.ts";
import { endSasKey, writeSasKey } from "#server/services/device/write-sas-key.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Replaces the key in a slot; connections whose token was made with the old one end at once.
 * Move the device to its other key first where it must not be interrupted.
 * @throws ServiceError not_found, conflict (the slot is empty, or the device is decommissioned)
 */
export const rotateSasKey = defineMutation({
  name: "credential.rotateSasKey",
  can: "device.manage",
  input: createSasKeySchema,
  run: async ({ ctx, tx, input }) => {
    const { slot } = input;
    const device = await findLivingDevice(tx, input.deviceId);
    if ((await endSasKey(tx, ctx, { device, slot })) === 0) {
      throw new ServiceError("conflict", `${device.deviceId} has no ${slot} key.`, {
        remedy: "Create it.",
      });
    }
    const value = await writeSasKey(tx, ctx, { device, slot, key: input.key });
    return {
      value,
      audit: {
        target: deviceTarget(device),
        payload: {
          kind: credentialKindOf(slot),
          credential: value.credentialId,
          brought: input.key !== undefined,
        },
      },
      control: deviceChanged(ctx, device),
    };
  },
});
