import { releaseKept } from "#server/services/dead-letter/release-kept.ts";
import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { approveDeviceSchema } from "#server/services/device/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** A device that is let out of quarantine. */
export type DeviceApproved = {
  readonly deviceId: string;
  readonly state: "active";
  /** Messages that it sent in quarantine and that are put into the series now. */
  readonly replayed: number;
};

/**
 * Lets one device out of quarantine. What it sent meanwhile is put into the series unless `replay`
 * says otherwise.
 * @throws ServiceError not_found, conflict (it is not in quarantine, or its batch is to be decided)
 */
export const approveDevice = defineMutation({
  name: "device.approve",
  can: "enrolment.approve",
  input: approveDeviceSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const device = await findLivingDevice(tx, input.deviceId);
    if (device.state !== "quarantined") {
      throw new ServiceError("conflict", `The device “${device.deviceId}” is not in quarantine.`, {
        remedy: "Nothing was changed.",
      });
    }
    const inBatch = await tx.device.findFirst({
      where: { tenantId, id: device.id, batch: { state: "sampling" } },
      select: { batch: { select: { name: true } } },
    });
    if (inBatch !== null) {
      const name = inBatch.batch?.name ?? "";
      throw new ServiceError("conflict", `“${device.deviceId}” belongs to the batch “${name}”.`, {
        remedy: "Approve or reject the batch.",
      });
    }
    await tx.device.update({
      where: { tenantId_id: { tenantId, id: device.id } },
      data: { state: "active" },
      select: { id: true },
    });
    const why = `${device.deviceId} was approved.`;
    const replayed = input.replay ? await releaseKept(tx, ctx, { of: device.id, reason: why }) : 0;
    const value: DeviceApproved = { deviceId: device.deviceId, state: "active", replayed };
    return {
      value,
      audit: {
        target: deviceTarget(device),
        payload: { before: { state: "quarantined" }, after: { state: "active" }, replayed },
        ...(input.reason === "" ? {} : { reason: input.reason }),
      },
      control: deviceChanged(ctx, device),
    };
  },
});
