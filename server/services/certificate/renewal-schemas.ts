import { z } from "zod";
import { ticketDays } from "#server/domain/renewal.ts";
import { issueCertificateSchema } from "#server/services/certificate/schemas.ts";
import { deviceRef } from "#server/services/device/schemas.ts";

export const askRenewalSchema = z.object({
  deviceId: deviceRef,
  reason: z
    .string()
    .trim()
    .max(200, "A reason has at most 200 characters.")
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "A reason is one line of text.")
    .default("An operator asks for it."),
});

export const renewCertificateSchema = issueCertificateSchema.extend({
  /** Of the certificate that was shown, lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export const createTicketSchema = z.object({
  deviceId: deviceRef,
  days: z
    .int("Whole days.")
    .min(ticketDays.min, "At least one day.")
    .max(ticketDays.max, `At most ${ticketDays.max} days.`)
    .default(ticketDays.usual),
});

export const listTicketsSchema = z.object({ deviceId: deviceRef });

export const revokeTicketSchema = z.object({
  deviceId: deviceRef,
  ticketId: z.uuid("This is no ticket's id."),
});

/** How tickets begin, so that they are told from other secrets. */
export const ticketPrefix = "qst_";

export const redeemTicketSchema = issueCertificateSchema.extend({
  code: z.string().max(128),
});
