import "reflect-metadata";
import { X509Certificate, X509Certificates } from "@peculiar/x509";
import { base64Lines, splitPemBundle } from "#server/pki/pem.ts";

/**
 * Certificates as a certs-only PKCS #7 (CMS SignedData without signers, RFC 5272 §4.1), in base64
 * with line breaks.
 * @param bundle PEM, in the order in which they are to stand
 * @throws Error when one is no certificate
 */
export function certsOnly(bundle: string): string {
  const certificates = splitPemBundle(bundle).map((pem) => new X509Certificate(pem));
  return base64Lines(new Uint8Array(new X509Certificates(certificates).export("raw")));
}
