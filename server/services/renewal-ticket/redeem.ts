import type { Tx } from "#server/db/client.ts";
import type { LockedDevice } from "#server/db/lock-device.ts";
import { secretHash } from "#server/services/auth/secret.ts";
import {
  answerRenewal,
  findRepeated,
  requireInService,
  type FollowedCertificate,
} from "#server/services/certificate/answer-renewal.ts";
import { currentCertificate } from "#server/services/certificate/current-certificate.ts";
import { policyOf } from "#server/services/certificate/renew-expired.ts";
import { redeemTicketSchema } from "#server/services/certificate/renewal-schemas.ts";
import type { Context } from "#server/services/context.ts";
import { deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { ticketState, type TicketState } from "#server/services/renewal-ticket/list.ts";

type At = { readonly ctx: Context; readonly tx: Tx; readonly device: LockedDevice };

/**
 * Issues the certificate that follows one which has run out, for a ticket that somebody made for the
 * device. A ticket counts once; the same request again is answered with the same certificate.
 * @throws ServiceError not_found; forbidden when ticket or profile do not allow it; conflict when the
 * device is out of service or has nothing to renew; invalid, unavailable as for any issuance
 */
export const redeemTicket = defineMutation({
  name: "renewalTicket.redeem",
  can: "certificate.issue",
  input: redeemTicketSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findLivingDevice(tx, input.deviceId);
    const at = { ctx, tx, device };
    const ticket = await findTicket(at, input.code);
    requireInService(device);
    const payload = { ticketId: ticket.id };
    if (ticket.state === "used") {
      const follows = await currentCertificate({ ctx, tx, deviceUuid: device.id, expired: true });
      const asked = { csrPem: input.csrPem, follows: follows?.pem ?? "" };
      const before = follows === undefined ? undefined : await findRepeated(at, asked);
      if (before === undefined || before.certificateId !== ticket.certificateId)
        throw spent("used");
      return {
        value: before,
        audit: { target: deviceTarget(device), payload: { ...payload, repeated: true } },
      };
    }
    if (ticket.state !== "open") throw spent(ticket.state);
    const follows = await findEnded(at);
    const answered = await answerRenewal({ ...at, csrPem: input.csrPem, follows, payload });
    await tx.renewalTicket.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: ticket.id } },
      data: { usedAt: ctx.now(), certificateId: answered.value.certificateId },
      select: { id: true },
    });
    return answered;
  },
});

async function findTicket({ ctx, tx, device }: At, code: string) {
  const row = await tx.renewalTicket.findFirst({
    where: { tenantId: ctx.tenantId, deviceId: device.id, codeHash: secretHash(code) },
    select: { id: true, expiresAt: true, usedAt: true, revokedAt: true, certificateId: true },
  });
  if (row !== null) return { ...row, state: ticketState(row, ctx.now()) };
  throw new ServiceError("forbidden", `This ticket is not one of ${device.deviceId}.`, {
    remedy: `Make a ticket on the page of ${device.deviceId}.`,
  });
}

function spent(state: TicketState): ServiceError {
  return new ServiceError("forbidden", `The ticket is ${state}.`, {
    remedy: "Make a new ticket on the page of the device.",
  });
}

/** The certificate that has run out, where the profile lets a ticket renew it. */
async function findEnded({ ctx, tx, device }: At): Promise<FollowedCertificate> {
  const policy = await policyOf({ ctx, tx }, device);
  if (policy.expiredRenewal !== "ticket") {
    throw new ServiceError("forbidden", `The profile of ${device.deviceId} takes no tickets.`, {
      remedy: "Choose “with a ticket” for certificates that have run out in the profile.",
    });
  }
  const found = await currentCertificate({ ctx, tx, deviceUuid: device.id, expired: true });
  if (found === undefined) {
    throw new ServiceError("conflict", `${device.deviceId} has no certificate to renew.`, {
      remedy: `Issue one on the page of ${device.deviceId}.`,
    });
  }
  if (found.notAfter > ctx.now()) {
    throw new ServiceError(
      "conflict",
      `The certificate of ${device.deviceId} counts until ${found.notAfter.toISOString()}: no ticket is needed.`,
      { remedy: "Let the device renew it with the certificate itself, by simplereenroll." },
    );
  }
  return found;
}
