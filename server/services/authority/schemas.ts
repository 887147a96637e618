import { z } from "zod";

export const authorityListSchema = z.object({});
export const renewIssuingSchema = z.object({});

const sha256 = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[0-9a-f]{64}$/, "The SHA-256 of the CA's certificate: 64 hexadecimal digits.");

const name = z
  .string()
  .trim()
  .min(1, "A name is needed.")
  .max(64, "The name is longer than 64 characters.")
  .refine((text) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text), "The name must be one plain line.");

export const requestIssuingSchema = z.object({ commonName: name, organisation: name });

const pem = (what: string) =>
  z.string().trim().min(1, what).max(16_384, "This is longer than 16384 characters.");

export const importIssuingSchema = z.object({
  certificatePem: pem("The certificate that the other CA made."),
  /** Its issuers in order, the root last. */
  chainPem: pem("The certificates above it, up to the root."),
});

export const exportRootSchema = z.object({
  passphrase: z.string().min(15, "At least 15 characters.").max(1024, "At most 1024 characters."),
});

/** What is typed is what confirms it. */
export const removeRootSchema = z.object({ sha256 });

export const retireIssuingSchema = z.object({
  sha256,
  /** How many certificates that still count end with it, as they were shown; needed when there are any. */
  certificates: z.coerce.number("A whole number.").int("A whole number.").min(0).optional(),
});
