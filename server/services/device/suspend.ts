import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { changeDeviceStateSchema } from "#server/services/device/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Keeps a device out until it is resumed; its connection is dropped at once. One in quarantine
 * comes back to it.
 * @throws ServiceError not_found, conflict (it is suspended already)
 */
export const suspendDevice = defineMutation({
  name: "device.suspend",
  can: "device.manage",
  input: changeDeviceStateSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findLivingDevice(tx, input.deviceId);
    const { state } = device;
    if (state === "suspended") {
      throw new ServiceError("conflict", `The device “${device.deviceId}” is suspended already.`, {
        remedy: "Nothing was changed.",
      });
    }
    await tx.device.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: device.id } },
      data: { state: "suspended" },
      select: { id: true },
    });
    return {
      value: { deviceId: device.deviceId, state: "suspended" as const },
      audit: {
        target: deviceTarget(device),
        payload: { before: { state }, after: { state: "suspended" } },
        ...(input.reason === "" ? {} : { reason: input.reason }),
      },
      control: deviceChanged(ctx, device),
    };
  },
});
