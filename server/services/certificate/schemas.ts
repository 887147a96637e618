import { z } from "zod";
import { revocationReasons } from "#server/domain/revocation-reason.ts";
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

/** How a certificate is named: by its id here, its SHA-256 fingerprint, or its serial number. */
export type CertificateReference = {
  readonly kind: "id" | "sha256" | "serial";
  /** Digests and serial numbers as lower-case hex. */
  readonly value: string;
};

const uuidText = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function referenceTo(text: string): CertificateReference {
  if (uuidText.test(text)) return { kind: "id", value: text };
  return { kind: text.length === 64 ? "sha256" : "serial", value: text };
}

/** Hex with or without colons, as OpenSSL prints it. */
const certificateRef = z
  .string("Which certificate?")
  .trim()
  .toLowerCase()
  .transform((text) => text.replaceAll(":", ""))
  .pipe(
    z
      .string()
      .refine(
        (text) => uuidText.test(text) || /^(?:[0-9a-f]{64}|[0-9a-f]{2,40})$/.test(text),
        "Which certificate? Its id, its SHA-256 fingerprint or its serial number in hex.",
      ),
  )
  .transform(referenceTo);

const words = z.string().trim().max(500, "A reason has at most 500 characters.").default("");

export const revokeCertificateSchema = z.object({
  certificateId: certificateRef,
  reason: z
    .enum(revocationReasons, `The reason is one of ${revocationReasons.join(", ")}.`)
    .default("unspecified"),
});

/** A hold has a reason in words; lists say certificateHold (RFC 5280 §5.3.1). */
/** To hold a certificate, or to release it. */
export const holdCertificateSchema = z.object({ certificateId: certificateRef, reason: words });

/** Certificates that one call may name. */
const mostRevokedAtOnce = 10_000;

const certificateStates = ["issued", "active", "superseded", "retired", "suspended"] as const;

/** Which certificates: all of these that are not revoked. */
export const revocationFilterSchema = z
  .object({
    /** The issuer's name as the certificate has it. */
    issuer: z.string().trim().min(1).max(1_000).optional(),
    profileId: z.uuid("Which profile?").optional(),
    /** Of the device. */
    tag: z.string().trim().min(1).max(100).optional(),
    state: z.enum(certificateStates).optional(),
  })
  .refine(
    (filter) => Object.values(filter).some((value) => value !== undefined),
    "Narrow it down: by issuer, profile, tag or state.",
  );

export type RevocationFilter = z.output<typeof revocationFilterSchema>;

const ids = z
  .array(z.uuid("Which certificate?"))
  .min(1, "Choose at least one certificate.")
  .max(mostRevokedAtOnce, `At most ${mostRevokedAtOnce} certificates can be named at once.`)
  .transform((list) => [...new Set(list)]);

function isOne(of: { readonly ids?: unknown; readonly filter?: unknown }): boolean {
  return (of.ids === undefined) !== (of.filter === undefined);
}

const selection = { ids: ids.optional(), filter: revocationFilterSchema.optional() };
const eitherWords = "Give either ids or a filter.";

export const revocationImpactSchema = z.object(selection).refine(isOne, eitherWords);

export const revokeManySchema = z
  .object({
    ...selection,
    reason: z.enum(revocationReasons, `The reason is one of ${revocationReasons.join(", ")}.`),
    /** The number of certificates that was shown and confirmed. */
    expected: z.int().min(1),
  })
  .refine(isOne, eitherWords);
