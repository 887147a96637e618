import type { z } from "zod";
import type { Tx } from "#server/db/client.ts";
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
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly hardwareRevision: string;
  readonly tags: readonly string[];
  readonly attributes: DeviceAttributes;
};

type Changeable = Omit<DeviceUpdated, "deviceId">;

/**
 * Renames a device, gives it another profile, identity, tags or attributes. Its id and certificates
 * stay.
 * @throws ServiceError not_found (device, profile), conflict when it is decommissioned
 */
export const updateDevice = defineMutation({
  name: "device.update",
  can: "device.manage",
  input: updateDeviceSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findLivingDevice(tx, input.deviceId);
    const { tenantId } = ctx;
    const before = await readChangeable(tx, { tenantId, id: device.id });
    const after = changed(before, input);
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
      data: { ...after, tags: [...after.tags] },
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

/** What is not said stays. */
function changed(before: Changeable, input: z.output<typeof updateDeviceSchema>): Changeable {
  return {
    name: input.name ?? before.name,
    profileId: input.profileId ?? before.profileId,
    serial: input.serial ?? before.serial,
    manufacturer: input.manufacturer ?? before.manufacturer,
    model: input.model ?? before.model,
    hardwareRevision: input.hardwareRevision ?? before.hardwareRevision,
    tags: input.tags ?? before.tags,
    attributes: input.attributes ?? before.attributes,
  };
}

async function readChangeable(
  tx: Tx,
  of: { readonly tenantId: string; readonly id: string },
): Promise<Changeable> {
  const row = await tx.device.findUniqueOrThrow({
    where: { tenantId_id: of },
    select: {
      name: true,
      profileId: true,
      serial: true,
      manufacturer: true,
      model: true,
      hardwareRevision: true,
      tags: true,
      attributes: true,
    },
  });
  return { ...row, attributes: deviceAttributes.parse(row.attributes) };
}
