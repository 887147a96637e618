import {
  DerError,
  derOid,
  derTag,
  derElements,
  derElement,
  serialHex,
  type DerElement,
} from "#server/pki/der.ts";

/** Of which certificate the status is asked: CertID, RFC 6960 §4.1.1. */
export type CertId = {
  /** DER, as it was sent: the answer repeats it. */
  readonly raw: Buffer;
  /** undefined: an algorithm that is not known here, and so neither is the issuer. */
  readonly hash: "sha1" | "sha256" | undefined;
  readonly issuerNameHash: Buffer;
  readonly issuerKeyHash: Buffer;
  /** Lower-case hex; undefined for what no certificate of ours can have. */
  readonly serial: string | undefined;
};

/** What is asked in one request. */
export type OcspRequest = {
  readonly ids: readonly CertId[];
  /** As it was sent, without its wrapping. */
  readonly nonce: Buffer | undefined;
};

/** Certificates in one request. */
const mostIds = 32;
/** Octets of a nonce, RFC 9654 §2.1. */
const longestNonce = 128;
/** Octets of a serial number, RFC 5280 §4.1.2.2. */
const longestSerial = 20;

const hashes = [
  { name: "sha1", oid: derOid("1.3.14.3.2.26") },
  { name: "sha256", oid: derOid("2.16.840.1.101.3.4.2.1") },
] as const;

/** Parameters are NULL or absent (RFC 4055 §2.1). */
const withNull = (oid: Buffer): Buffer => Buffer.concat([oid, Buffer.of(0x05, 0)]);

const extension = {
  nonce: derOid("1.3.6.1.5.5.7.48.1.2"),
  responseTypes: derOid("1.3.6.1.5.5.7.48.1.4"),
  preferredAlgorithms: derOid("1.3.6.1.5.5.7.48.1.8"),
} as const;

/** Context-specific tags: of the optional parts of what holds them. */
const tag = {
  version: 0xa0,
  requestor: 0xa1,
  extensions: 0xa2,
  signature: 0xa0,
  singleExtensions: 0xa0,
} as const;

/**
 * Reads a request (RFC 6960 §4.1.1). A signature of it is not looked at: everybody may ask.
 * @throws DerError when it is not one, or has what may not be ignored
 */
export function readOcspRequest(bytes: Uint8Array): OcspRequest {
  const parts = [...derElements(tbsOf(bytes), 4)];
  if (parts[0]?.tag === tag.version) requireVersion1(parts.shift());
  if (parts[0]?.tag === tag.requestor) parts.shift();
  const [list, extensions, ...more] = parts;
  if (list?.tag !== derTag.sequence || more.length > 0) throw new DerError("There is no list.");
  const ids = Array.from(derElements(list.contents, mostIds), readSingle);
  if (ids.length === 0) throw new DerError("The list is empty.");
  return { ids, nonce: extensions === undefined ? undefined : readExtensions(extensions) };
}

function tbsOf(bytes: Uint8Array): Buffer {
  const [tbs, signature] = [...derElements(derElement(bytes, derTag.sequence).contents, 2)];
  if (tbs?.tag !== derTag.sequence) throw new DerError("This asks nothing.");
  if (signature !== undefined && signature.tag !== tag.signature) {
    throw new DerError("Something follows what is asked.");
  }
  return tbs.contents;
}

function requireVersion1(element: DerElement | undefined): void {
  const value = element && derElement(element.contents, derTag.integer).contents;
  if (value?.length !== 1 || value[0] !== 0) throw new DerError("This is not version 1.");
}

function readSingle(element: DerElement): CertId {
  if (element.tag !== derTag.sequence) throw new DerError("This is no request.");
  const [id, extensions] = [...derElements(element.contents, 2)];
  if (id?.tag !== derTag.sequence) throw new DerError("It does not say which certificate.");
  if (extensions !== undefined) {
    if (extensions.tag !== tag.singleExtensions) throw new DerError("This is no extension.");
    walkExtensions(extensions, () => false);
  }
  return { raw: id.raw, ...readId(id.contents) };
}

function readId(contents: Buffer): Omit<CertId, "raw"> {
  const [algorithm, name, key, serial] = [...derElements(contents, 4)];
  if (algorithm?.tag !== derTag.sequence || serial?.tag !== derTag.integer) {
    throw new DerError("It does not say which certificate.");
  }
  if (name?.tag !== derTag.octetString || key?.tag !== derTag.octetString) {
    throw new DerError("It does not say which issuer.");
  }
  const { contents: hash } = algorithm;
  return {
    hash: hashes.find(({ oid }) => hash.equals(oid) || hash.equals(withNull(oid)))?.name,
    issuerNameHash: name.contents,
    issuerKeyHash: key.contents,
    serial: readSerial(serial.contents),
  };
}

function readSerial(contents: Buffer): string | undefined {
  const [first, second = 0x80] = contents;
  if (first === undefined || (first === 0 && second < 0x80)) {
    throw new DerError("A serial number is empty, or longer than it needs to be.");
  }
  const isOurs = first < 0x80 && contents.length <= longestSerial + 1;
  return isOurs ? serialHex(contents) : undefined;
}

/** @param isKnown what is critical and not known makes the request one that cannot be answered */
function walkExtensions(
  element: DerElement,
  isKnown: (oid: Buffer, value: Buffer) => boolean,
): void {
  const list = derElement(element.contents, derTag.sequence);
  for (const { tag: kind, contents } of derElements(list.contents, 16)) {
    if (kind !== derTag.sequence) throw new DerError("This is no extension.");
    const [oid, ...rest] = derElements(contents, 3);
    const value = rest.at(-1);
    if (oid?.tag !== derTag.oid || value?.tag !== derTag.octetString) {
      throw new DerError("This is no extension.");
    }
    const isCritical = rest.length === 2 && rest[0]?.contents[0] === 0xff;
    if (!isKnown(oid.raw, value.contents) && isCritical) {
      throw new DerError("A critical extension is not known here.");
    }
  }
}

function readExtensions(element: DerElement): Buffer | undefined {
  if (element.tag !== tag.extensions) throw new DerError("Something follows the list.");
  let nonce: Buffer | undefined;
  walkExtensions(element, (oid, value) => {
    if (oid.equals(extension.nonce)) {
      if (nonce !== undefined) throw new DerError("There are two nonces.");
      nonce = readNonce(value);
      return true;
    }
    return oid.equals(extension.responseTypes) || oid.equals(extension.preferredAlgorithms);
  });
  return nonce;
}

/** @throws DerError when it is empty or longer than RFC 9654 §2.1 allows */
function readNonce(value: Buffer): Buffer {
  const { contents } = derElement(value, derTag.octetString);
  if (contents.length === 0 || contents.length > longestNonce) {
    throw new DerError("A nonce has 1 to 128 octets.");
  }
  return contents;
}
