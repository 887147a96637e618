import "reflect-metadata";
import type { X509Certificate } from "node:crypto";
import { X509Certificate as ParsedCertificate } from "@peculiar/x509";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

/** Extended key usages, RFC 5280 §4.2.1.12. */
const clientAuth = "1.3.6.1.5.5.7.3.2";
const anyUsage = "2.5.29.37.0";

const soundHashes = new Set(["SHA-256", "SHA-384", "SHA-512"]);

/** Whether the CA's name, key identifier and signature are those of the certificate's issuer. */
export function didIssue(authority: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    // Keys of a type that OpenSSL does not know verify nothing.
    return false;
  }
}

/**
 * Decides on a certificate that a customer's CA did issue, as RFC 5280 §6 asks of the last one of a
 * path: both are within their validity, the issuer is a CA, the certificate is none and is for
 * clients, and neither key nor signature is weak.
 * @returns why it may not be enrolled; undefined when it may
 */
export function issuedRefusal(
  certificate: X509Certificate,
  authority: X509Certificate,
  now: Date,
): Refusal | undefined {
  const name = quoted(certificate.subject.replaceAll("\n", ", "));
  return (
    timeProblem(certificate, authority, { name, now }) ??
    usageProblem(certificate, authority, name) ??
    strengthProblem(certificate, name)
  );
}

function timeProblem(
  certificate: X509Certificate,
  authority: X509Certificate,
  { name, now }: { readonly name: string; readonly now: Date },
): Refusal | undefined {
  if (now < certificate.validFromDate) {
    return {
      cause: "not-yet-valid",
      detail: `The certificate ${name} is valid from ${certificate.validFromDate.toISOString()}, it is now ${now.toISOString()}.`,
      remedy: "Check the clock of the CA that issued it, and of this server.",
    };
  }
  if (now > certificate.validToDate) {
    return {
      cause: "expired",
      detail: `The certificate ${name} expired on ${certificate.validToDate.toISOString()}.`,
      remedy:
        "Issue a new one with your CA. If it was made lately, the clock of the CA was wrong; a clock that begins in 1970 is common.",
    };
  }
  if (now <= authority.validToDate && now >= authority.validFromDate) return undefined;
  return {
    cause: "ca-not-active",
    detail: `The CA ${quoted(authority.subject.replaceAll("\n", ", "))} is valid from ${authority.validFromDate.toISOString()} to ${authority.validToDate.toISOString()}, it is now ${now.toISOString()}.`,
    remedy: "Register the CA's successor in the enrolment group.",
  };
}

function usageProblem(
  certificate: X509Certificate,
  authority: X509Certificate,
  name: string,
): Refusal | undefined {
  if (!authority.ca) {
    return {
      cause: "ca-not-active",
      detail: `The certificate ${name} was signed by ${quoted(authority.subject.replaceAll("\n", ", "))}, which is no CA (basicConstraints).`,
      remedy: "Register a CA whose certificate says CA:TRUE.",
    };
  }
  if (certificate.ca) {
    return {
      cause: "enrolment-refused",
      detail: `The certificate ${name} is that of a CA (basicConstraints CA:TRUE); a device's may not be.`,
      remedy: "Issue the device's certificate with CA:FALSE.",
    };
  }
  const usages: readonly string[] | undefined = certificate.keyUsage;
  if (usages === undefined || usages.includes(clientAuth) || usages.includes(anyUsage)) {
    return undefined;
  }
  return {
    cause: "enrolment-refused",
    detail: `The certificate ${name} is not for clients: its extended key usage does not name clientAuth.`,
    remedy: "Issue it with extendedKeyUsage = clientAuth, or without that extension.",
  };
}

function strengthProblem(certificate: X509Certificate, name: string): Refusal | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (asymmetricKeyType === "rsa" && bits < 2048) {
    return {
      cause: "enrolment-refused",
      detail: `The certificate ${name} has an RSA key of ${bits} bits, which is too short.`,
      remedy: "Give the device a P-256 key, or RSA of at least 2048 bits.",
    };
  }
  if (isSoundlySigned(certificate)) return undefined;
  return {
    cause: "enrolment-refused",
    detail: `The certificate ${name} is signed with a hash that can be forged.`,
    remedy: "Let your CA sign with SHA-256, SHA-384 or SHA-512.",
  };
}

/** Ed25519 and its like have their hash built in. */
function isSoundlySigned(certificate: X509Certificate): boolean {
  const { signatureAlgorithm } = new ParsedCertificate(certificate.raw);
  const hash = (signatureAlgorithm as { readonly hash?: { readonly name?: string } }).hash?.name;
  return hash === undefined || soundHashes.has(hash);
}
