import { isIP } from "node:net";
import { z } from "zod";
import { deviceIdPattern, deviceIdRule } from "#server/domain/device-id.ts";
import { longestCsr } from "#server/pki/read-signing-request.ts";

const csrPem = z
  .string()
  .min(1, "A certificate signing request is needed.")
  .max(longestCsr, `The request is longer than ${longestCsr} characters.`);

const hostName =
  /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

const host = z
  .string()
  .max(253)
  .refine((text) => isIP(text) !== 0 || hostName.test(text), {
    error: "A host must be a DNS name or an IP address.",
  });

const days = z
  .number()
  .int("The lifetime must be whole days.")
  .min(1, "The lifetime must be between 1 and 397 days.")
  .max(397, "The lifetime must be between 1 and 397 days.");

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "The CA must be named by its SHA-256.");

/** What an enrolment group is called by devices. */
const claimIdPattern = /^en-[a-z2-7]{10}$/;

/** What the signer takes, whoever asks: the same walls stand in the process that holds the key. */
export const certificateRequestSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("device"),
    csrPem,
    deviceId: z.string().regex(deviceIdPattern, `The device id does not fit. ${deviceIdRule}`),
    deviceUuid: z.uuid("The device's UUID does not fit."),
    organisation: z.string().max(500),
    days,
  }),
  z.strictObject({
    kind: z.literal("claim"),
    csrPem,
    publicId: z.string().regex(claimIdPattern, "The group's id does not fit."),
    credentialId: z.uuid("The claim's UUID does not fit."),
    organisation: z.string().max(500),
    days,
  }),
  z.strictObject({
    kind: z.literal("server"),
    csrPem,
    hosts: z.array(host).min(1, "At least one host is needed.").max(64),
  }),
  z.strictObject({
    kind: z.literal("ocsp"),
    csrPem,
    issuerSha256: sha256,
    days: z
      .number()
      .int("The lifetime must be whole days.")
      .min(1, "The lifetime must be between 1 and 30 days.")
      .max(30, "The lifetime must be between 1 and 30 days."),
  }),
]);

/** A name of a CA, X.520: one line of at most 64 characters. */
const caName = z
  .string()
  .trim()
  .min(1, "A name is needed.")
  .max(64, "The name is longer than 64 characters.")
  .refine((text) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text), "The name must be one plain line.");

const pem = z.string().min(1, "A certificate is needed.").max(longestCsr, "The PEM is too long.");

/** What administrators may have done with CAs; see AuthorityCommand. */
export const authorityCommandSchema = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("status") }),
  z.strictObject({ op: z.literal("renew-issuing") }),
  z.strictObject({
    op: z.literal("request-issuing"),
    commonName: caName,
    organisation: caName,
  }),
  z.strictObject({ op: z.literal("import-issuing"), certificatePem: pem, chainPem: pem }),
  z.strictObject({
    op: z.literal("export-root"),
    passphrase: z
      .string()
      .min(15, "The passphrase must have at least 15 characters.")
      .max(1024, "The passphrase is longer than 1024 characters."),
  }),
  z.strictObject({ op: z.literal("remove-root"), sha256 }),
  z.strictObject({ op: z.literal("retire-issuing"), sha256 }),
]);
