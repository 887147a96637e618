import { answerRenewal, requireInService } from "#server/services/certificate/answer-renewal.ts";
import { renewCertificateSchema } from "#server/services/certificate/renewal-schemas.ts";
import { findLivingDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Issues the certificate that follows the one which the device has just proven to hold. The same
 * request asked again before its certificate is in use is answered with that certificate.
 * @throws ServiceError not_found; conflict when neither device nor certificate may be used by now;
 * invalid, unavailable as for any issuance
 */
export const renewCertificate = defineMutation({
  name: "certificate.renew",
  can: "certificate.issue",
  input: renewCertificateSchema,
  run: async ({ ctx, tx, input }) => {
    const { csrPem, sha256 } = input;
    const device = await findLivingDevice(tx, input.deviceId);
    requireInService(device);
    const follows = await tx.certificate.findFirst({
      where: {
        tenantId: ctx.tenantId,
        deviceId: device.id,
        sha256,
        state: { in: ["issued", "active", "superseded"] },
        notAfter: { gt: ctx.now() },
      },
      select: { id: true, sha256: true, pem: true },
    });
    if (follows === null) {
      throw new ServiceError(
        "conflict",
        `The certificate that was shown for “${device.deviceId}” may not be used any more.`,
        { remedy: `Issue a new one on the page of ${device.deviceId}.` },
      );
    }
    return answerRenewal({ ctx, tx, device, csrPem, follows });
  },
});
