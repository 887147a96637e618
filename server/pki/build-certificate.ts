import { createHash, randomBytes } from "node:crypto";
import {
  derElement,
  derElements,
  DerError,
  derTag,
  encodeBits,
  encodeDer,
  encodeTime,
} from "#server/pki/der.ts";
import type { SigningKey } from "#server/pki/signing-key.ts";

const utf8String = 0x0c;
const objectIdentifier = 0x06;
const set = 0x31;
const explicit0 = 0xa0;
const explicit3 = 0xa3;
const implicit0 = 0x80;
const uriName = 0x86;

const version3 = encodeDer(explicit0, encodeDer(derTag.integer, Buffer.from([2])));
const critical = Buffer.from("0101ff", "hex");

// Attribute types of names, X.520.
const attributeTypes = { O: "55040a", CN: "550403" } as const;

/** Object identifiers as they are encoded, without their header, in hex. */
export const extensionIds = {
  subjectKeyIdentifier: "551d0e",
  keyUsage: "551d0f",
  subjectAltName: "551d11",
  basicConstraints: "551d13",
  crlDistributionPoints: "551d1f",
  authorityKeyIdentifier: "551d23",
  extendedKeyUsage: "551d25",
  authorityInfoAccess: "2b06010505070101",
  ocspNoCheck: "2b0601050507300105",
} as const;

/** 128 bits: RFC 5280 §4.1.2.2 wants it positive and at most 20 octets. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return encodeDer(derTag.integer, bytes);
}

/** An object identifier from its encoding in hex. */
export function encodeId(hex: string): Buffer {
  return encodeDer(objectIdentifier, Buffer.from(hex, "hex"));
}

/** A name of UTF-8 strings, never parsed from text, so nothing in a value can add another attribute. */
export function encodeName(attributes: { readonly O?: string; readonly CN?: string }): Buffer {
  const parts = (["O", "CN"] as const).flatMap((type) => {
    const value = attributes[type];
    if (value === undefined) return [];
    const pair = [encodeId(attributeTypes[type]), encodeDer(utf8String, Buffer.from(value))];
    return [encodeDer(set, encodeDer(derTag.sequence, ...pair))];
  });
  return encodeDer(derTag.sequence, ...parts);
}

/** An extension, RFC 5280 §4.1.2.9. */
export function encodeExtension(
  id: keyof typeof extensionIds,
  value: Uint8Array,
  isCritical = false,
): Buffer {
  return encodeDer(
    derTag.sequence,
    encodeId(extensionIds[id]),
    ...(isCritical ? [critical] : []),
    encodeDer(derTag.octetString, value),
  );
}

/** One URI as a GeneralName. */
export function encodeUri(uri: string): Buffer {
  return encodeDer(uriName, Buffer.from(uri, "latin1"));
}

/** RFC 5280 §4.2.1.2, method 1: SHA-1 of the key's bits. */
export function keyIdentifierOf(spki: Uint8Array): Buffer {
  const [, bits] = derElements(derElement(spki, derTag.sequence).contents);
  if (bits?.tag !== derTag.bitString) throw new DerError("The key has another shape.");
  return createHash("sha1").update(bits.contents.subarray(1)).digest();
}

export function subjectKeyExtension(spki: Uint8Array): Buffer {
  const value = encodeDer(derTag.octetString, keyIdentifierOf(spki));
  return encodeExtension("subjectKeyIdentifier", value);
}

export function authorityKeyExtension(keyIdentifier: Uint8Array): Buffer {
  const value = encodeDer(derTag.sequence, encodeDer(implicit0, keyIdentifier));
  return encodeExtension("authorityKeyIdentifier", value);
}

/**
 * Builds a certificate (RFC 5280 §4.1) and has it signed.
 * @returns DER
 */
export async function buildCertificate(input: {
  /** Name of the issuer exactly as its own certificate has it. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  readonly extensions: readonly Uint8Array[];
  readonly key: SigningKey;
}): Promise<Buffer> {
  const { key } = input;
  const tbs = encodeDer(
    derTag.sequence,
    version3,
    serialNumber(),
    key.algorithm,
    input.issuer,
    encodeDer(derTag.sequence, encodeTime(input.notBefore), encodeTime(input.notAfter)),
    input.subject,
    input.spki,
    encodeDer(explicit3, encodeDer(derTag.sequence, ...input.extensions)),
  );
  return encodeDer(derTag.sequence, tbs, key.algorithm, encodeBits(await key.sign(tbs)));
}
