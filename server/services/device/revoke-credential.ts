import { deviceChanged, deviceTarget, findDevice } from "#server/services/device/internal.ts";
import { revokeCredentialSchema } from "#server/services/device/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

export type CredentialRevoked = { readonly deviceId: string; readonly credentialId: string };

/**
 * Ends a device's password or SAS key; connections that used it are dropped at once.
 * @throws ServiceError not_found, conflict (revoked already)
 */
export const revokeCredential = defineMutation({
  name: "credential.revoke",
  can: "device.manage",
  input: revokeCredentialSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findDevice(tx, input.deviceId);
    const where = { tenantId: ctx.tenantId, deviceId: device.id, id: input.credentialId };
    const credential = await tx.deviceCredential.findFirst({
      where,
      select: { kind: true, revokedAt: true },
    });
    if (credential === null) {
      throw new ServiceError("not_found", `${device.deviceId} has no such credential.`, {
        remedy: "Reload the device's page.",
      });
    }
    if (credential.revokedAt !== null) {
      throw new ServiceError("conflict", "This credential is revoked already.", {
        remedy: "Nothing was changed.",
      });
    }
    await tx.deviceCredential.updateMany({ where, data: { revokedAt: ctx.now() } });
    const value: CredentialRevoked = {
      deviceId: device.deviceId,
      credentialId: input.credentialId,
    };
    return {
      value,
      audit: {
        target: deviceTarget(device),
        payload: { kind: credential.kind, credential: input.credentialId },
      },
      control: deviceChanged(ctx, device),
    };
  },
});
