import "reflect-metadata";
import { Pkcs10CertificateRequest } from "@peculiar/x509";
import { decodePem, encodePem } from "#server/pki/pem.ts";

/** Longest body of a request, in bytes; one for RSA of 8192 bits has 3 000. */
export const longestBody = 10_000;

/** The request as PEM, or a sentence about what is wrong with it. */
export type ReadCsr =
  | { readonly csrPem: string; readonly problem?: undefined }
  | { readonly problem: string; readonly csrPem?: undefined };

const howTo =
  "Send the request (PKCS #10) as base64 of its DER: openssl req -new -key device.key -subj /CN=… -outform DER | openssl base64 -out request.b64";
const label = "CERTIFICATE REQUEST";

/**
 * Reads the body of an enrolment request, RFC 8951 §3.1: base64 of the DER, with or without line
 * breaks, whatever Content-Transfer-Encoding says. PEM is taken as well, since its inside is that.
 */
export function readCsr(body: Buffer): ReadCsr {
  if (body.length === 0) return { problem: `The body is empty. ${howTo}` };
  if (body[0] === 0x30 && (body[1] ?? 0) >= 0x80) {
    return { problem: `The body is binary DER. ${howTo}` };
  }
  const text = body.toString("latin1").trim();
  const der = text.startsWith("-----BEGIN")
    ? decodePem(text, [label, `NEW ${label}`])
    : decodeBase64(text);
  if (der === undefined) {
    return { problem: `The body is not base64 of a certificate signing request. ${howTo}` };
  }
  if (!isRequest(der)) {
    return { problem: `The body is base64, but not of a certificate signing request. ${howTo}` };
  }
  return { csrPem: encodePem(label, der) };
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const base64 = text.replace(/\s+/g, "");
  if (base64 === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  return new Uint8Array(Buffer.from(base64, "base64"));
}

function isRequest(der: Uint8Array<ArrayBuffer>): boolean {
  try {
    return new Pkcs10CertificateRequest(der).subjectName !== undefined;
  } catch {
    // Hostile input: whatever the parser dislikes, the request cannot be read.
    return false;
  }
}
