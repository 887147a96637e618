import { revokeCertificateSchema } from "#server/services/certificate/schemas.ts";
import { deviceChanged, deviceTarget, findDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** A revocation as it was recorded. Times are ISO 8601 in UTC. */
export type CertificateRevoked = {
  readonly certificateId: string;
  readonly deviceId: string;
  readonly sha256: string;
  readonly revokedAt: string;
};

/** Revokes a certificate for good; a connection made with it is dropped at once. */
export const revokeCertificate = defineMutation({
  name: "certificate.revoke",
  can: "certificate.revoke",
  input: revokeCertificateSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const found = await tx.certificate.findUnique({
      where: { tenantId_id: { tenantId, id: input.certificateId } },
      select: { id: true, sha256: true, serial: true, device: { select: { deviceId: true } } },
    });
    if (found === null) {
      throw new ServiceError("not_found", "There is no such certificate.", {
        remedy: "Check the certificates of the device.",
      });
    }
    const device = await findDevice(tx, found.device.deviceId);
    const revokedAt = ctx.now();
    const { count } = await tx.certificate.updateMany({
      where: { tenantId, id: found.id, state: { not: "revoked" } },
      data: { state: "revoked", revokedAt, revocationReason: input.reason },
    });
    if (count === 0) {
      throw new ServiceError("conflict", "This certificate is revoked already.", {
        remedy: "Nothing was changed.",
      });
    }
    const { sha256, serial } = found;
    const value: CertificateRevoked = {
      certificateId: found.id,
      deviceId: device.deviceId,
      sha256,
      revokedAt: revokedAt.toISOString(),
    };
    return {
      value,
      audit: {
        target: deviceTarget(device),
        reason: input.reason,
        payload: { certificateId: found.id, sha256, serial },
      },
      control: deviceChanged(ctx, device),
    };
  },
});
