import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import type { CertificatePolicy } from "#server/domain/profile-parts.ts";
import { certificatePolicy } from "#server/domain/profile-parts-schema.ts";
import { judgeExpiredRenewal } from "#server/domain/renewal.ts";
import { answerRenewal, requireInService } from "#server/services/certificate/answer-renewal.ts";
import { renewCertificateSchema } from "#server/services/certificate/renewal-schemas.ts";
import type { Context } from "#server/services/context.ts";
import { findLivingDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** What the device's profile says of certificates. */
export async function policyOf(
  { ctx, tx }: { readonly ctx: Pick<Context, "tenantId">; readonly tx: Tx },
  device: Pick<LockedDevice, "profileId">,
): Promise<CertificatePolicy> {
  const profile = await tx.profile.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: ctx.tenantId, id: device.profileId } },
    select: { certificatePolicy: true },
  });
  return certificatePolicy.parse(profile.certificatePolicy);
}

/**
 * Issues the certificate that follows one which has run out and which the device has just proven to
 * hold, where the device's profile lets it: within some days of its end. It must have counted when it
 * ran out: one that was revoked, put on hold or retired does not come back by this.
 * @throws ServiceError not_found; forbidden when the profile does not allow it; conflict when device
 * or certificate may not be used; invalid, unavailable as for any issuance
 */
export const renewExpired = defineMutation({
  name: "certificate.renewExpired",
  can: "certificate.issue",
  input: renewCertificateSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findLivingDevice(tx, input.deviceId);
    requireInService(device);
    const follows = await tx.certificate.findFirst({
      where: {
        tenantId: ctx.tenantId,
        deviceId: device.id,
        sha256: input.sha256,
        state: { in: ["issued", "active", "superseded"] },
      },
      select: { id: true, sha256: true, pem: true, notAfter: true },
    });
    if (follows === null) {
      throw new ServiceError(
        "conflict",
        `The certificate that was shown for “${device.deviceId}” did not count any more when it ran out.`,
        { remedy: `Issue a new one on the page of ${device.deviceId}.` },
      );
    }
    const policy = await policyOf({ ctx, tx }, device);
    const { deviceId } = device;
    const judged = judgeExpiredRenewal({ deviceId, notAfter: follows.notAfter }, policy, ctx.now());
    if (judged.may === "not") {
      throw new ServiceError("forbidden", judged.detail, { remedy: judged.remedy });
    }
    if (judged.may === "with-ticket") {
      throw new ServiceError(
        "forbidden",
        `The certificate of ${deviceId} ran out at ${follows.notAfter.toISOString()}; its profile asks for a ticket.`,
        {
          remedy: `Make a ticket on the page of ${deviceId} and give it to the device as password, with ${deviceId} as user name.`,
        },
      );
    }
    const payload = { expiredAt: follows.notAfter.toISOString() };
    return answerRenewal({ ctx, tx, device, csrPem: input.csrPem, follows, payload });
  },
});
