import "reflect-metadata";
import { X509Certificate } from "node:crypto";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as ParsedCertificate,
} from "@peculiar/x509";
import { judgePublicKey } from "#server/pki/csr-policy.ts";
import { describeCertificate, type CertificateDescription } from "#server/pki/describe.ts";
import { decodePem, encodePem } from "#server/pki/pem.ts";

/** A certificate that a customer brings, or a sentence about why it will not do. */
export type CustomerCertificate =
  | {
      readonly pem: string;
      readonly description: CertificateDescription;
      readonly problem?: undefined;
    }
  | { readonly problem: string };

const notPem =
  "This is not one certificate in PEM form, beginning with -----BEGIN CERTIFICATE-----.";

/** One PEM block, or the base64 of a DER file. */
function derOf(text: string): Uint8Array | undefined {
  const block = decodePem(text, ["CERTIFICATE"]);
  if (block !== undefined) return block;
  const plain = text.replace(/\s+/g, "");
  return /^MII[A-Za-z0-9+/]+={0,2}$/.test(plain) ? Buffer.from(plain, "base64") : undefined;
}

/** Reads a certificate of hostile origin. */
export function readCertificate(text: string): CustomerCertificate {
  if (text.includes("PRIVATE KEY")) {
    return {
      problem: "This is a private key. Keep it to yourself, and give the certificate instead.",
    };
  }
  const der = derOf(text);
  if (der === undefined) return { problem: notPem };
  try {
    const pem = encodePem("CERTIFICATE", new X509Certificate(der).raw);
    return { pem, description: describeCertificate(pem) };
  } catch {
    // Hostile input: whatever the parser dislikes, it is no certificate.
    return { problem: "The certificate is damaged: it cannot be read." };
  }
}

/** What the certificate says that its key may do. Without key usages nothing is restricted, RFC 5280 §4.2.1.3. */
function powersOf(pem: string): { readonly ca: boolean; readonly signs: boolean } {
  try {
    const certificate = new ParsedCertificate(pem);
    const usage = certificate.getExtension(KeyUsagesExtension);
    return {
      ca: certificate.getExtension(BasicConstraintsExtension)?.ca === true,
      signs: usage === null || (usage.usages & KeyUsageFlags.keyCertSign) !== 0,
    };
  } catch {
    return { ca: false, signs: false };
  }
}

function authorityProblem(pem: string, now: Date): string | undefined {
  const certificate = new X509Certificate(pem);
  const { ca, signs } = powersOf(pem);
  if (!ca) return "This is no CA's certificate: its basic constraints do not say CA:TRUE.";
  if (!signs) {
    return "The CA may not sign certificates: its key usage does not say keyCertSign.";
  }
  // OpenSSL, which checks the devices' certificates by it, has the last word.
  if (!certificate.ca) return "This is no certificate of a CA by which others could be checked.";
  if (certificate.validToDate <= now) {
    return `The CA's certificate expired on ${certificate.validToDate.toISOString().slice(0, 10)}.`;
  }
  if (certificate.validFromDate > now) {
    return `The CA's certificate is valid from ${certificate.validFromDate.toISOString().slice(0, 10)} only.`;
  }
  const key = judgePublicKey(certificate.publicKey);
  return key.accepted ? undefined : `The CA's key is too weak. ${key.message}`;
}

/**
 * Reads the certificate of a customer's CA, root or intermediate: CA:TRUE, with keyCertSign if it
 * has key usages (RFC 5280 §4.2.1.3, §4.2.1.9), valid now, with a key as strong as devices need one.
 */
export function readCustomerCa(text: string, now: Date): CustomerCertificate {
  const read = readCertificate(text);
  if (read.problem !== undefined) return read;
  const problem = authorityProblem(read.pem, now);
  return problem === undefined ? read : { problem };
}

/**
 * Whether a certificate proves that somebody has the CA's key at hand: the CA has signed it, and it
 * names the challenge. Its dates do not matter: nobody could sign the challenge before it was made.
 * @returns a sentence, or undefined when it does
 */
export function proofProblem(
  text: string,
  expected: { readonly caPem: string; readonly challenge: string },
): string | undefined {
  const read = readCertificate(text);
  if (read.problem !== undefined) return read.problem;
  if (read.description.cn !== expected.challenge) {
    return `The certificate's common name must be the challenge, ${expected.challenge}.`;
  }
  const ca = new X509Certificate(expected.caPem);
  const proof = new X509Certificate(read.pem);
  return proof.checkIssued(ca) && proof.verify(ca.publicKey)
    ? undefined
    : "The certificate is not signed by the CA's key.";
}
