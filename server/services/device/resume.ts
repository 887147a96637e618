import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { changeDeviceStateSchema } from "#server/services/device/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** Lets a suspended device in again. */
export const resumeDevice = defineMutation({
  name: "device.resume",
  can: "device.manage",
  input: changeDeviceStateSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findLivingDevice(tx, input.deviceId);
    if (device.state !== "suspended") {
      throw new ServiceError("conflict", `The device “${device.deviceId}” is not suspended.`, {
        remedy: "Nothing was changed.",
      });
    }
    await tx.device.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: device.id } },
      data: { state: "active" },
      select: { id: true },
    });
    return {
      value: { deviceId: device.deviceId, state: "active" as const },
      audit: {
        target: deviceTarget(device),
        payload: { before: { state: "suspended" }, after: { state: "active" } },
        ...(input.reason === "" ? {} : { reason: input.reason }),
      },
      control: deviceChanged(ctx, device),
    };
  },
});
