import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { changeDeviceStateSchema } from "#server/services/device/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** What ended with the device. */
export type DeviceDecommissioned = {
  readonly deviceId: string;
  readonly state: "decommissioned";
  readonly certificatesRevoked: number;
  readonly credentialsRevoked: number;
};

/** Ends a device for good: certificates and tokens are revoked, its connection is dropped, its history stays. */
export const decommissionDevice = defineMutation({
  name: "device.decommission",
  can: "device.manage",
  input: changeDeviceStateSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findLivingDevice(tx, input.deviceId);
    const at = ctx.now();
    const ofDevice = { tenantId: ctx.tenantId, deviceId: device.id };
    await tx.device.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: device.id } },
      data: { state: "decommissioned", decommissionedAt: at },
      select: { id: true },
    });
    const certificates = await tx.certificate.updateMany({
      where: { ...ofDevice, state: { not: "revoked" } },
      data: { state: "revoked", revokedAt: at, revocationReason: "cessation_of_operation" },
    });
    const credentials = await tx.deviceCredential.updateMany({
      where: { ...ofDevice, revokedAt: null },
      data: { revokedAt: at },
    });
    const value: DeviceDecommissioned = {
      deviceId: device.deviceId,
      state: "decommissioned",
      certificatesRevoked: certificates.count,
      credentialsRevoked: credentials.count,
    };
    const { deviceId: _, ...after } = value;
    return {
      value,
      audit: {
        target: deviceTarget(device),
        payload: { before: { state: device.state }, after },
        ...(input.reason === "" ? {} : { reason: input.reason }),
      },
      control: deviceChanged(ctx, device),
    };
  },
});
