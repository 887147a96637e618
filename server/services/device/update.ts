import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { updateDeviceSchema } from "#server/services/device/schemas.ts";
import { deviceAttributes, type DeviceAttributes } from "#server/domain/device-attributes.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** What can be changed of a device, as it is now. */
export type DeviceUpdated = {
  readonly deviceId: string;
  readonly name: string;
  readonly profileId: string;
  readonly attributes: DeviceAttributes;
};

/** Renames a device, gives it another profile or other attributes. Its id and certificates stay. */
export const updateDevice = defineMutation({
  name: "device.update",
  can: "device.manage",
  input: updateDeviceSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findLivingDevice(tx, input.deviceId);
    const { attributes } = await tx.device.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: device.id } },
      select: { attributes: true },
    });
    const before = {
      name: device.name,
      profileId: device.profileId,
      attributes: deviceAttributes.parse(attributes),
    };
    const after = {
      name: input.name ?? before.name,
      profileId: input.profileId ?? before.profileId,
      attributes: input.attributes ?? before.attributes,
    };
    const { tenantId } = ctx;
    const profile = await tx.profile.findUnique({
      where: { tenantId_id: { tenantId, id: after.profileId } },
      select: { id: true },
    });
    if (profile === null) {
      throw new ServiceError("not_found", `There is no profile “${after.profileId}”.`, {
        remedy: "Choose one of the list of profiles.",
        fields: [{ path: "profileId", message: "There is no such profile." }],
      });
    }
    await tx.device.update({
      where: { tenantId_id: { tenantId, id: device.id } },
      data: after,
      select: { id: true },
    });
    const value: DeviceUpdated = { deviceId: device.deviceId, ...after };
    return {
      value,
      audit: { target: deviceTarget(device), payload: { before, after } },
      control: deviceChanged(ctx, device),
    };
  },
});
