import { findCertificate } from "#server/services/certificate/find-certificate.ts";
import type { FoundCertificate } from "#server/services/certificate/find-certificate.ts";
import { recordRevocation, revocationIds } from "#server/services/certificate/record-revocation.ts";
import { holdCertificateSchema } from "#server/services/certificate/schemas.ts";
import { deviceTarget } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** A hold as it was recorded. Times are ISO 8601 in UTC. */
export type CertificateSuspended = {
  readonly certificateId: string;
  readonly deviceId: string;
  readonly sha256: string;
  readonly suspendedAt: string;
  readonly revocationId: string;
};

/**
 * Puts one certificate on hold (certificateHold, RFC 5280 §5.3.1): sessions made with it are cut and
 * it lets nobody in until it is released or revoked. The device itself stays as it is.
 * @throws ServiceError not_found, conflict (it may not be used anyway, or is no certificate of a device)
 */
export const suspendCertificate = defineMutation({
  name: "certificate.suspend",
  can: "certificate.revoke",
  input: holdCertificateSchema,
  run: async ({ ctx, tx, input }) => {
    const found = await findCertificate(tx, ctx, input.certificateId);
    requireUsable(found, ctx.now());
    const recorded = await recordRevocation(tx, ctx, {
      certificates: [found],
      kind: "suspended",
      reason: input.reason,
    });
    const { id: certificateId, sha256, serial, state, device } = found;
    const value: CertificateSuspended = {
      certificateId,
      deviceId: device.deviceId,
      sha256,
      suspendedAt: ctx.now().toISOString(),
      revocationId: recorded[0]?.id ?? "",
    };
    return {
      value,
      audit: {
        target: deviceTarget(device),
        ...(input.reason === "" ? {} : { reason: input.reason }),
        payload: {
          certificateId,
          sha256,
          serial,
          before: { state },
          after: { state: "suspended" },
          revocations: revocationIds(recorded),
        },
      },
    };
  },
});

const unusable = {
  suspended: "This certificate is on hold already.",
  revoked: "This certificate is revoked, and that is for good.",
  retired: "This certificate is retired: a newer one has replaced it.",
} as const;

function requireUsable({ state, notAfter }: FoundCertificate, now: Date): void {
  const remedy = "Nothing was changed: it lets nobody in.";
  if (state === "suspended" || state === "revoked" || state === "retired") {
    throw new ServiceError("conflict", unusable[state], { remedy });
  }
  if (notAfter <= now) {
    throw new ServiceError("conflict", "This certificate has expired.", { remedy });
  }
}
