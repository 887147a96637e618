import { randomBytes } from "node:crypto";
import { secretHash } from "#server/services/auth/secret.ts";
import { policyOf } from "#server/services/certificate/renew-expired.ts";
import { createTicketSchema, ticketPrefix } from "#server/services/certificate/renewal-schemas.ts";
import { actorName } from "#server/services/context.ts";
import { deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** A ticket; its code is shown this once. */
export type TicketCreated = {
  readonly ticketId: string;
  readonly deviceId: string;
  readonly code: string;
  readonly expiresAt: string;
};

const dayMs = 86_400_000;
/** 128 bits: nobody guesses it, however often they may try. */
const codeBytes = 16;

/**
 * Makes a ticket with which a device, once, has a certificate renewed that has run out. The device
 * gives it as password to the EST endpoint, with its id as user name.
 * @throws ServiceError not_found, conflict when the profile of the device takes no tickets
 */
export const createTicket = defineMutation({
  name: "renewalTicket.create",
  can: "certificate.manage",
  input: createTicketSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findLivingDevice(tx, input.deviceId);
    const policy = await policyOf({ ctx, tx }, device);
    if (policy.expiredRenewal !== "ticket") {
      throw new ServiceError("conflict", `The profile of ${device.deviceId} takes no tickets.`, {
        remedy:
          "Choose “with a ticket” for certificates that have run out in the profile, or issue a certificate here.",
      });
    }
    const code = `${ticketPrefix}${randomBytes(codeBytes).toString("base64url")}`;
    const createdAt = ctx.now();
    const expiresAt = new Date(createdAt.getTime() + input.days * dayMs);
    const { id } = await tx.renewalTicket.create({
      data: {
        tenantId: ctx.tenantId,
        deviceId: device.id,
        codeHash: secretHash(code),
        expiresAt,
        createdAt,
        createdBy: actorName(ctx.actor),
      },
      select: { id: true },
    });
    const value: TicketCreated = {
      ticketId: id,
      deviceId: device.deviceId,
      code,
      expiresAt: expiresAt.toISOString(),
    };
    return {
      value,
      audit: {
        target: deviceTarget(device),
        payload: { ticketId: id, expiresAt: value.expiresAt },
      },
    };
  },
});
