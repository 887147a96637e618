import { pemOf } from "#components/device/certificate-request.ts";
import { credentialText } from "#components/strings/credentials.ts";

/** What is accepted, in bytes; the server takes no more characters than that. */
export const longestRequest = 16_384;

/** A signing request as PEM, or why the file is none. */
export type RequestFile =
  | { readonly text: string; readonly problem?: undefined }
  | { readonly problem: string; readonly text?: undefined };

const derSequence = 0x30;

/** Reads a file as a signing request: PEM as it is, DER turned into PEM. Nothing is sent for that. */
export function readRequestFile(bytes: Uint8Array): RequestFile {
  if (bytes.length === 0) return { problem: credentialText.fileEmpty };
  if (bytes.length > longestRequest) return { problem: credentialText.fileTooLong };
  if (bytes[0] === derSequence) return { text: pemOf("CERTIFICATE REQUEST", bytes) };
  // Decoding leaves out a byte order mark.
  const text = new TextDecoder().decode(bytes);
  if (text.includes("PRIVATE KEY-----")) return { problem: credentialText.fileIsKey };
  if (text.includes("-----BEGIN CERTIFICATE-----")) {
    return { problem: credentialText.fileIsCertificate };
  }
  if (!text.includes("-----BEGIN ")) return { problem: credentialText.fileIsNone };
  return { text };
}
