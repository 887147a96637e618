import { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import { checkCsr } from "#server/pki/csr-policy.ts";
import { namesOfDevice } from "#server/pki/request-names.ts";
import { issueFor } from "#server/services/certificate/internal.ts";
import { issueCertificateSchema } from "#server/services/certificate/schemas.ts";
import type { Context } from "#server/services/context.ts";
import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

const usable = ["issued", "active", "superseded"] as const;

/** The certificate that follows another one. */
export type RenewedCertificate = {
  readonly certificateId: string;
  readonly certificatePem: string;
  /** Whether the same request was answered before, with this certificate. */
  readonly repeated: boolean;
};

/**
 * Issues the certificate that follows the one which the device has just proven to hold. The same
 * request asked again before its certificate is in use is answered with that certificate.
 */
export const renewCertificate = defineMutation({
  name: "certificate.renew",
  can: "certificate.issue",
  input: issueCertificateSchema.extend({
    /** Of the certificate that was shown, lower-case hex. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  run: async ({ ctx, tx, input }) => {
    const { csrPem, sha256 } = input;
    const device = await findLivingDevice(tx, input.deviceId);
    const shown = await findShown({ ctx, tx, device }, sha256);
    const asked = { csrPem, follows: shown.pem };
    const before = await findRepeated({ ctx, tx, device }, asked);
    if (before !== undefined) {
      const value: RenewedCertificate = { ...before, repeated: true };
      const payload = { certificateId: value.certificateId, follows: sha256, repeated: true };
      return { value, audit: { target: deviceTarget(device), payload } };
    }
    const { issued, audit } = await issueFor({ ctx, tx, device, ...asked });
    const { certificateId, certificatePem } = issued;
    const value: RenewedCertificate = { certificateId, certificatePem, repeated: false };
    return {
      value,
      audit: { ...audit, payload: { ...audit.payload, follows: sha256 } },
      control: deviceChanged(ctx, device),
    };
  },
});

type At = { readonly ctx: Context; readonly tx: Tx; readonly device: LockedDevice };

/** @throws ServiceError conflict when neither device nor certificate may be used by now */
async function findShown(
  { ctx, tx, device }: At,
  sha256: string,
): Promise<{ readonly pem: string }> {
  if (device.state === "suspended") {
    throw new ServiceError("conflict", `The device “${device.deviceId}” is suspended.`, {
      remedy: "Resume it before it gets a certificate.",
    });
  }
  const shown = await tx.certificate.findFirst({
    where: {
      tenantId: ctx.tenantId,
      deviceId: device.id,
      sha256,
      state: { in: [...usable] },
      notAfter: { gt: ctx.now() },
    },
    select: { pem: true },
  });
  if (shown !== null) return shown;
  throw new ServiceError(
    "conflict",
    `The certificate that was shown for “${device.deviceId}” may not be used any more.`,
    { remedy: `Issue a new one on the page of ${device.deviceId}.` },
  );
}

/** A device that has lost the answer asks again; it must not use up certificates by that. */
async function findRepeated(
  { ctx, tx, device }: At,
  { csrPem, follows }: { readonly csrPem: string; readonly follows: string },
): Promise<Omit<RenewedCertificate, "repeated"> | undefined> {
  const verdict = await checkCsr(csrPem, { ...namesOfDevice(device), follows });
  if (!verdict.accepted) return undefined;
  const before = await tx.certificate.findFirst({
    where: {
      tenantId: ctx.tenantId,
      deviceId: device.id,
      spkiSha256: verdict.key.spkiSha256,
      state: "issued",
      notAfter: { gt: ctx.now() },
    },
    orderBy: { issuedAt: "desc" },
    select: { id: true, pem: true },
  });
  return before === null ? undefined : { certificateId: before.id, certificatePem: before.pem };
}
