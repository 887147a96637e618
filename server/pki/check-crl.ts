import type { X509Certificate } from "node:crypto";
import {
  derElement,
  derElements,
  DerError,
  derTag,
  ecdsaWithSha256,
  type DerElement,
} from "#server/pki/der.ts";

/** What a list says that is to be signed. */
export type CrlSummary = { readonly number: string; readonly entries: number };

export type CrlVerdict =
  | ({ readonly accepted: true } & CrlSummary)
  | { readonly accepted: false; readonly message: string };

/** Longest TBSCertList that is signed, bytes: 100 000 revoked certificates take about 4 MiB. */
const longestCrl = 12 * 1024 * 1024;

const crlNumber = "551d14";
const authorityKeyIdentifier = "551d23";
const subjectKeyIdentifier = "551d0e";
const explicit0 = 0xa0;
const explicit3 = 0xa3;
const implicit0 = 0x80;

const isTime = (element: DerElement | undefined): boolean =>
  element?.tag === derTag.utcTime || element?.tag === derTag.generalizedTime;

/** The number 1 stands for the second version. */
function isVersion2(element: DerElement | undefined): boolean {
  return element?.tag === derTag.integer && Buffer.from([1]).equals(element.contents);
}

/** Values of extensions by object identifier, both in hex and as they are encoded. */
function readExtensions(sequence: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const each of derElements(derElement(sequence, derTag.sequence).contents)) {
    const [identifier, ...rest] = derElements(each.contents);
    const value = rest.at(-1);
    if (identifier === undefined || value?.tag !== derTag.octetString) {
      throw new DerError("An extension has another shape.");
    }
    found.set(Buffer.from(identifier.contents).toString("hex"), value.contents);
  }
  return found;
}

/** Name and key identifier of a CA, from its certificate (RFC 5280 §4.1). */
export function namesOfAuthority(certificate: X509Certificate): {
  readonly subject: Uint8Array;
  readonly keyIdentifier: Uint8Array | undefined;
} {
  const [tbs] = derElements(derElement(certificate.raw, derTag.sequence).contents);
  // [0] version, serial, algorithm, issuer, validity, subject, key, [3] extensions.
  const fields = [...derElements(tbs?.contents ?? new Uint8Array())];
  const subject = fields[5];
  const extensions = fields.find(({ tag }) => tag === explicit3);
  if (subject === undefined) throw new DerError("The certificate has another shape.");
  const identifier =
    extensions === undefined
      ? undefined
      : readExtensions(extensions.contents).get(subjectKeyIdentifier);
  return {
    subject: subject.raw,
    keyIdentifier:
      identifier === undefined ? undefined : derElement(identifier, derTag.octetString).contents,
  };
}

/** @returns how many there are */
function countEntries(list: DerElement): number {
  let count = 0;
  for (const entry of derElements(list.contents)) {
    const [serial, revokedAt] = derElements(entry.contents);
    const isEntry =
      entry.tag === derTag.sequence && serial?.tag === derTag.integer && isTime(revokedAt);
    if (!isEntry) throw new DerError("An entry of the list has another shape.");
    count += 1;
  }
  return count;
}

type Fields = {
  readonly algorithm: DerElement;
  readonly issuer: DerElement;
  readonly revoked: DerElement | undefined;
  readonly extensions: ReadonlyMap<string, Uint8Array>;
};

/** RFC 5280 §5.1.2. Version 2, with nextUpdate and extensions, as §5.1.2.5 and §5.2 ask of CAs. */
function readFields(tbs: Uint8Array): Fields {
  const fields = [...derElements(derElement(tbs, derTag.sequence).contents)];
  const [version, algorithm, issuer, thisUpdate, nextUpdate, ...rest] = fields;
  if (!isVersion2(version) || !isTime(thisUpdate) || !isTime(nextUpdate)) {
    throw new DerError("The list has another version, or no times.");
  }
  if (algorithm === undefined || issuer?.tag !== derTag.sequence) {
    throw new DerError("The list has no issuer.");
  }
  return { algorithm, issuer, ...readRest(rest) };
}

/** What follows the times. Without revoked certificates their field is absent. */
function readRest(rest: readonly DerElement[]): Pick<Fields, "revoked" | "extensions"> {
  const [revoked, extensions] = rest.length === 2 ? rest : [undefined, ...rest];
  if (extensions?.tag !== explicit0 || rest.length > 2) {
    throw new DerError("The list has no extensions.");
  }
  if (revoked !== undefined && revoked.tag !== derTag.sequence) {
    throw new DerError("What is revoked is no list.");
  }
  return { revoked, extensions: readExtensions(extensions.contents) };
}

function keyIdentifierOf(extensions: Fields["extensions"]): Uint8Array | undefined {
  const value = extensions.get(authorityKeyIdentifier);
  if (value === undefined) return undefined;
  const parts = [...derElements(derElement(value, derTag.sequence).contents)];
  return parts.find(({ tag }) => tag === implicit0)?.contents;
}

function refuse(message: string): CrlVerdict {
  return { accepted: false, message };
}

function judge(fields: Fields, authority: X509Certificate): CrlVerdict {
  const names = namesOfAuthority(authority);
  if (!ecdsaWithSha256.equals(fields.algorithm.raw)) {
    return refuse("The list must name ecdsa-with-SHA256 as its algorithm.");
  }
  if (!Buffer.from(names.subject).equals(fields.issuer.raw)) {
    return refuse("The list names another issuer than the CA that is to sign it.");
  }
  const identifier = keyIdentifierOf(fields.extensions);
  const expected = names.keyIdentifier;
  const isAnothers = identifier !== undefined && expected !== undefined;
  if (isAnothers && !Buffer.from(expected).equals(identifier)) {
    return refuse("The list names the key of another CA than the one that is to sign it.");
  }
  const number = fields.extensions.get(crlNumber);
  if (number === undefined) return refuse("The list has no CRL number.");
  const digits = Buffer.from(derElement(number, derTag.integer).contents).toString("hex");
  return {
    accepted: true,
    number: BigInt(`0x${digits}`).toString(),
    entries: fields.revoked === undefined ? 0 : countEntries(fields.revoked),
  };
}

/**
 * Judges a list of revoked certificates before it is signed (TBSCertList, RFC 5280 §5.1.2): that it
 * is one and nothing else, that it names this CA, and what it says. Who is on it is not judged.
 */
export function checkCrl(tbs: Uint8Array, authority: X509Certificate): CrlVerdict {
  if (tbs.length > longestCrl) return refuse(`The list is longer than ${longestCrl} bytes.`);
  try {
    return judge(readFields(tbs), authority);
  } catch (error) {
    if (error instanceof DerError)
      return refuse(`This is no list that can be signed. ${error.message}`);
    throw error;
  }
}
