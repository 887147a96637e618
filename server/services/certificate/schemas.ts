import { z } from "zod";
import { createDeviceSchema, deviceRef } from "#server/services/device/schemas.ts";

const csrPem = z
  .string()
  .trim()
  .min(1, "Paste the certificate signing request.")
  .max(16_384, "The request is longer than 16384 characters.");

export const issueCertificateSchema = z.object({ deviceId: deviceRef, csrPem });

export const issueWithKeySchema = z.object({
  deviceId: deviceRef,
  /** Of the PKCS #12 file; made when absent. Plain ASCII, so that every program reads it alike. */
  pkcs12Password: z
    .string()
    .min(12, "Use at least 12 characters.")
    .max(128, "Use at most 128 characters.")
    .regex(/^[\x20-\x7e]+$/, "Use letters, digits and signs of the English keyboard.")
    .optional(),
});

/** With `csrPem` the device keeps its key; without, key and certificate are made here. */
export const createWithCertificateSchema = createDeviceSchema.extend({
  csrPem: csrPem.optional(),
});

/** Reasons of RFC 5280 §5.3.1 that an operator can know. */
export const revocationReasons = [
  "unspecified",
  "key_compromise",
  "affiliation_changed",
  "superseded",
  "cessation_of_operation",
  "privilege_withdrawn",
] as const;

export const revokeCertificateSchema = z.object({
  certificateId: z.uuid("Which certificate?"),
  reason: z.enum(revocationReasons).default("unspecified"),
});
