import { readObject, textOf } from "#server/gateway/enrol/read-body.ts";
import { encodePem } from "#server/pki/pem.ts";
import { longestCsr, readSigningRequest } from "#server/pki/read-signing-request.ts";

/** A signing request as a device sends it over MQTT, or what is wrong with it. */
export type ReadRenewal =
  | {
      readonly csrPem: string;
      /** Code of an operator's ticket; empty where there is none. */
      readonly ticket: string;
      readonly problem?: undefined;
    }
  | { readonly problem: string; readonly csrPem?: undefined };

const label = "CERTIFICATE REQUEST";

/** Reads PEM, DER, or JSON `{"csr": PEM, "ticket"?: code}`. */
export function readRenewalRequest(payload: Buffer): ReadRenewal {
  if (payload.length > 2 * longestCsr) {
    return { problem: "The message is longer than a signing request can be." };
  }
  // A DER SEQUENCE of more than 127 bytes; no text begins like that.
  if (payload[0] === 0x30 && (payload[1] ?? 0) >= 0x80) {
    return checked(encodePem(label, new Uint8Array(payload)), "");
  }
  const text = payload.toString("utf8");
  if (text.trimStart().startsWith("-----BEGIN ")) return checked(text, "");
  const body = readObject(text);
  const csrPem = body?.["csr"];
  if (typeof csrPem !== "string") {
    return {
      problem: "The message is neither a signing request in PEM or DER nor JSON with a csr.",
    };
  }
  return checked(csrPem, textOf(body?.["ticket"]));
}

function checked(csrPem: string, ticket: string): ReadRenewal {
  return readSigningRequest(csrPem) === undefined
    ? { problem: "The csr is no certificate signing request (PKCS #10)." }
    : { csrPem, ticket };
}
