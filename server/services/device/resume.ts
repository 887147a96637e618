import { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import type { Context } from "#server/services/context.ts";
import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { changeDeviceStateSchema } from "#server/services/device/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Lets a suspended device in again: as what it was before, so that nobody gets out of quarantine
 * this way.
 * @throws ServiceError not_found, conflict (it is not suspended)
 */
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
    const state = await stateBefore(tx, ctx, device);
    await tx.device.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: device.id } },
      data: { state },
      select: { id: true },
    });
    return {
      value: { deviceId: device.deviceId, state },
      audit: {
        target: deviceTarget(device),
        payload: { before: { state: "suspended" }, after: { state } },
        ...(input.reason === "" ? {} : { reason: input.reason }),
      },
      control: deviceChanged(ctx, device),
    };
  },
});

/** What the device was when it was suspended; the audit trail knows. */
async function stateBefore(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  device: Pick<LockedDevice, "deviceId">,
): Promise<"active" | "quarantined"> {
  const event = await tx.auditEvent.findFirst({
    where: {
      tenantId,
      target: deviceTarget(device),
      actionCode: "device.suspend",
      outcome: "done",
    },
    orderBy: { seq: "desc" },
    select: { payload: true },
  });
  const read = suspension.safeParse(event?.payload);
  return read.success ? read.data.before.state : "active";
}

const suspension = z.object({ before: z.object({ state: z.literal("quarantined") }) });
