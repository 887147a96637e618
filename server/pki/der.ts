/**
 * ASN.1 in its distinguished encoding (X.690), as much of it as certificates, lists of revoked ones
 * and OCSP need. Written for lists of a hundred thousand entries and for bytes of strangers.
 */
export const derTag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;

/** The bytes are not DER, or not the structure that was expected. */
export class DerError extends Error {}

/** One element: where it stands is not copied. */
export type DerElement = {
  readonly tag: number;
  readonly contents: Buffer;
  /** With tag and length. */
  readonly raw: Buffer;
};

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** An element of the tag with the contents one after the other. */
export function encodeDer(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(length)]), ...contents]);
}

/** Context-specific and constructed, `[number]`: EXPLICIT, or IMPLICIT for what has parts. */
export function derContext(number: number, ...contents: readonly Uint8Array[]): Buffer {
  return encodeDer(0xa0 | number, ...contents);
}

export function derSequence(...contents: readonly Uint8Array[]): Buffer {
  return encodeDer(derTag.sequence, ...contents);
}

/** A BIT STRING of whole octets. */
export function encodeBits(bytes: Uint8Array): Buffer {
  return encodeDer(derTag.bitString, Buffer.of(0), bytes);
}

/** A number that is not negative. */
export function derInteger(value: bigint | number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  const isHigh = ((bytes[0] ?? 0) & 0x80) !== 0;
  return encodeDer(derTag.integer, ...(isHigh ? [Buffer.of(0)] : []), bytes);
}

/** @param dotted as in "2.5.29.20" */
export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      septets.unshift((left % 128) | 0x80);
    }
    return septets;
  });
  return encodeDer(derTag.oid, Buffer.from(bytes));
}

/** "20261127124219Z", in UTC and whole seconds. */
function digits(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace(/\D/g, "")}Z`;
}

export function derGeneralizedTime(at: Date): Buffer {
  return encodeDer(derTag.generalizedTime, Buffer.from(digits(at), "latin1"));
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5280 §5.1.2.4). */
export function encodeTime(at: Date): Buffer {
  const year = at.getUTCFullYear();
  if (year < 1950 || year > 2049) return derGeneralizedTime(at);
  return encodeDer(derTag.utcTime, Buffer.from(digits(at).slice(2), "latin1"));
}

/** Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue } (RFC 5280 §4.1). */
export function derExtension(oid: string, value: Uint8Array, isCritical = false): Buffer {
  const critical = isCritical ? [Buffer.of(0x01, 0x01, 0xff)] : [];
  return derSequence(derOid(oid), ...critical, encodeDer(derTag.octetString, value));
}

/** ecdsa-with-SHA256, RFC 5758 §3.2. */
export const ecdsaWithSha256 = derSequence(derOid("1.2.840.10045.4.3.2"));
/** ecdsa-with-SHA384. */
export const ecdsaWithSha384 = derSequence(derOid("1.2.840.10045.4.3.3"));

/**
 * The element at a place.
 * @throws DerError
 */
export function derElementAt(bytes: Uint8Array, at = 0): DerElement {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw new DerError("An element is cut off.");
  if ((tag & 0x1f) === 0x1f) throw new DerError("A tag has several bytes.");
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [start, length] = first < 0x80 ? [at + 2, first] : longLength(view, at + 2, first & 0x7f);
  const end = start + length;
  if (end > view.length) throw new DerError("An element is longer than what holds it.");
  return { tag, contents: view.subarray(start, end), raw: view.subarray(at, end) };
}

function longLength(bytes: Buffer, at: number, count: number): readonly [number, number] {
  if (count === 0 || count > 4 || at + count > bytes.length) {
    throw new DerError("A length is not definite, too large, or cut off.");
  }
  const length = bytes.readUIntBE(at, count);
  const isShortest = length >= 0x80 && (count === 1 || length >= 256 ** (count - 1));
  if (!isShortest) throw new DerError("A length has more bytes than it needs.");
  return [at + count, length];
}

/**
 * The only element that the bytes hold.
 * @throws DerError when it has another tag, or more follows
 */
export function derElement(bytes: Uint8Array, tag: number): DerElement {
  const element = derElementAt(bytes);
  if (element.tag !== tag) throw new DerError("An element is of another kind.");
  if (element.raw.length !== bytes.length) throw new DerError("More follows the element.");
  return element;
}

/**
 * The elements one after the other.
 * @param most more are an error
 * @throws DerError when it comes to what is none
 */
export function* derElements(
  bytes: Uint8Array,
  most = Number.POSITIVE_INFINITY,
): Generator<DerElement, void> {
  let count = 0;
  for (let at = 0; at < bytes.length; count += 1) {
    if (count >= most) throw new DerError("There are too many elements.");
    const element = derElementAt(bytes, at);
    yield element;
    at += element.raw.length;
  }
}

/** Lower-case hex without leading zeros, as the registry keeps serial numbers. */
export function serialHex(contents: Uint8Array): string {
  let start = 0;
  while (start < contents.length - 1 && contents[start] === 0) start += 1;
  return Buffer.from(contents.subarray(start)).toString("hex");
}
