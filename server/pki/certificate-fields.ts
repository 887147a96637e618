import { createHash } from "node:crypto";
import {
  DerError,
  derOid,
  derTag,
  derElements,
  derElement,
  serialHex,
  type DerElement,
} from "#server/pki/der.ts";
import { decodePem } from "#server/pki/pem.ts";

/** Parts of a certificate by which lists and OCSP name it, byte for byte. */
export type CertificateFields = {
  readonly der: Buffer;
  /** Lower-case hex. */
  readonly serial: string;
  /** Name, DER. */
  readonly subject: Buffer;
  /** The public key's bits, without tag, length and unused bits (RFC 6960 §4.1.1). */
  readonly publicKey: Buffer;
  /** As it says itself, else SHA-1 of its key (RFC 5280 §4.2.1.2). */
  readonly keyIdentifier: Buffer;
};

const subjectKeyIdentifier = derOid("2.5.29.14");

/**
 * @param pem one certificate
 * @throws DerError when it is none
 */
export function certificateFields(pem: string): CertificateFields {
  const bytes = decodePem(pem, ["CERTIFICATE"]);
  if (bytes === undefined) throw new DerError("This is not one certificate as PEM.");
  const whole = Buffer.from(bytes);
  const [tbs] = derElements(derElement(whole, derTag.sequence).contents);
  const parts = [...derElements(tbs?.contents ?? Buffer.alloc(0))];
  // The version is left out of the oldest certificates only (RFC 5280 §4.1.2.1).
  const [serial, , , , subject, spki] = parts[0]?.tag === 0xa0 ? parts.slice(1) : parts;
  const [, bits] = spki === undefined ? [] : derElements(spki.contents);
  if (serial === undefined || subject === undefined || bits === undefined) {
    throw new DerError("This is not a certificate.");
  }
  const publicKey = bits.contents.subarray(1);
  return {
    der: whole,
    serial: serialHex(serial.contents),
    subject: subject.raw,
    publicKey,
    keyIdentifier: identifierIn(parts) ?? createHash("sha1").update(publicKey).digest(),
  };
}

function identifierIn(parts: readonly DerElement[]): Buffer | undefined {
  const extensions = parts.find(({ tag }) => tag === 0xa3);
  if (extensions === undefined) return undefined;
  for (const { contents } of derElements(
    derElement(extensions.contents, derTag.sequence).contents,
  )) {
    const [oid, ...rest] = derElements(contents);
    if (oid?.raw.equals(subjectKeyIdentifier) !== true) continue;
    const value = rest.at(-1);
    if (value !== undefined) return derElement(value.contents, derTag.octetString).contents;
  }
  return undefined;
}
