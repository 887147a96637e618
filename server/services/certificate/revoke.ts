import { findCertificate } from "#server/services/certificate/find-certificate.ts";
import { recordRevocation, revocationIds } from "#server/services/certificate/record-revocation.ts";
import { revokeCertificateSchema } from "#server/services/certificate/schemas.ts";
import { deviceTarget } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** A revocation as it was recorded. Times are ISO 8601 in UTC. */
export type CertificateRevoked = {
  readonly certificateId: string;
  readonly deviceId: string;
  readonly sha256: string;
  readonly revokedAt: string;
  /** By which the proof is found. */
  readonly revocationId: string;
};

/**
 * Revokes a certificate for good; sessions made with it are cut on every worker.
 * @throws ServiceError not_found, conflict (revoked already, or no certificate of a device)
 */
export const revokeCertificate = defineMutation({
  name: "certificate.revoke",
  can: "certificate.revoke",
  input: revokeCertificateSchema,
  run: async ({ ctx, tx, input }) => {
    const found = await findCertificate(tx, ctx, input.certificateId);
    const { reason } = input;
    const recorded = await recordRevocation(tx, ctx, {
      certificates: [found],
      kind: "revoked",
      reason,
    });
    const [revocation] = recorded;
    if (revocation === undefined) {
      throw new ServiceError("conflict", "This certificate is revoked already.", {
        remedy: "Nothing was changed.",
      });
    }
    const { id: certificateId, sha256, serial, state, device } = found;
    const value: CertificateRevoked = {
      certificateId,
      deviceId: device.deviceId,
      sha256,
      revokedAt: ctx.now().toISOString(),
      revocationId: revocation.id,
    };
    return {
      value,
      audit: {
        target: deviceTarget(device),
        reason,
        payload: {
          certificateId,
          sha256,
          serial,
          before: { state },
          after: { state: "revoked" },
          revocations: revocationIds(recorded),
        },
      },
    };
  },
});
