import { z } from "zod";

export const revocationListsSchema = z.object({});

export const revocationListSchema = z.object({
  issuerSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "The SHA-256 of the issuing CA's certificate, 64 hex digits."),
  kind: z.enum(["full", "delta"], "Choose full or delta.").default("full"),
});

export const publishListsSchema = z.object({});
