import type { CertificateFields } from "#server/pki/certificate-fields.ts";
import {
  encodeDer,
  DerError,
  derContext,
  derExtension,
  derInteger,
  derOid,
  derSequence,
  derTag,
  ecdsaWithSha256,
  encodeBits,
  encodeTime,
  derElements,
  derElement,
  type DerElement,
} from "#server/pki/der.ts";

const oid = {
  number: "2.5.29.20",
  delta: "2.5.29.27",
  issuingDistributionPoint: "2.5.29.28",
  authorityKeyIdentifier: "2.5.29.35",
  freshest: "2.5.29.46",
} as const;

/** A list of revoked certificates as it is to be signed. */
export type CrlDraft = {
  readonly issuer: Pick<CertificateFields, "subject" | "keyIdentifier">;
  readonly number: bigint;
  /** Of a delta: the number of the full list that it adds to. */
  readonly baseNumber?: bigint;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Content of revokedCertificates; see encodeEntries. */
  readonly entries: Buffer;
  /** Under which addresses certificates say that the full list is, the present one first. */
  readonly urls: readonly string[];
  readonly deltaUrl: string;
};

/** DistributionPointName with full names, RFC 5280 §4.2.1.13. */
function pointName(urls: readonly string[]): Buffer {
  const names = urls.map((url) => encodeDer(0x86, Buffer.from(url, "latin1")));
  return derContext(0, derContext(0, ...names));
}

function extensionsOf(draft: CrlDraft): Buffer {
  const { issuer, number, baseNumber, urls, deltaUrl } = draft;
  const keyIdentifier = derSequence(encodeDer(0x80, issuer.keyIdentifier));
  const kind =
    baseNumber === undefined
      ? derExtension(oid.freshest, derSequence(derSequence(pointName([deltaUrl]))))
      : derExtension(oid.delta, derInteger(baseNumber), true);
  return derSequence(
    derExtension(oid.authorityKeyIdentifier, keyIdentifier),
    derExtension(oid.number, derInteger(number)),
    // A delta has the scope of the full list, and so the same words (RFC 5280 §5.2.4).
    derExtension(oid.issuingDistributionPoint, derSequence(pointName(urls)), true),
    kind,
  );
}

/** TBSCertList, version 2, RFC 5280 §5.1.2. */
export function encodeTbsCrl(draft: CrlDraft): Buffer {
  const { issuer, thisUpdate, nextUpdate, entries } = draft;
  return derSequence(
    derInteger(1),
    ecdsaWithSha256,
    issuer.subject,
    encodeTime(thisUpdate),
    encodeTime(nextUpdate),
    // An empty list must be absent (§5.1.2.6).
    ...(entries.length === 0 ? [] : [derSequence(entries)]),
    derContext(0, extensionsOf(draft)),
  );
}

/** CertificateList, RFC 5280 §5.1.1. @param signature ECDSA-Sig-Value, DER */
export function encodeCrl(tbs: Uint8Array, signature: Uint8Array): Buffer {
  return derSequence(tbs, ecdsaWithSha256, encodeBits(signature));
}

/** What a list of ours says. */
export type CrlContent = {
  readonly number: bigint;
  readonly baseNumber: bigint | undefined;
  /** Content of revokedCertificates. */
  readonly entries: Buffer;
  /** Of the issuing distribution point. */
  readonly urls: readonly string[];
};

/**
 * Reads a list that this product made. The signature is not checked: it is for what we keep.
 * @throws DerError
 */
export function readCrl(bytes: Buffer): CrlContent {
  const [tbs] = derElements(derElement(bytes, derTag.sequence).contents);
  const parts = [...derElements(tbs?.contents ?? Buffer.alloc(0))];
  // Version, algorithm, issuer, this and next update come before it.
  const entries = parts[5]?.tag === derTag.sequence ? parts[5].contents : Buffer.alloc(0);
  const found = extensionsIn(parts.find(({ tag }) => tag === 0xa0));
  const number = found.get(oid.number);
  if (number === undefined) throw new DerError("The list has no number.");
  const base = found.get(oid.delta);
  return {
    number: integerOf(number),
    baseNumber: base === undefined ? undefined : integerOf(base),
    entries,
    urls: urlsIn(found.get(oid.issuingDistributionPoint)),
  };
}

function extensionsIn(element: DerElement | undefined): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  if (element === undefined) return found;
  for (const { contents } of derElements(derElement(element.contents, derTag.sequence).contents)) {
    const [id, ...rest] = derElements(contents);
    const value = rest.at(-1);
    const name = Object.values(oid).find((each) => id?.raw.equals(derOid(each)) === true);
    if (name !== undefined && value !== undefined) found.set(name, value.contents);
  }
  return found;
}

function integerOf(bytes: Buffer): bigint {
  return BigInt(`0x${derElement(bytes, derTag.integer).contents.toString("hex")}`);
}

function urlsIn(bytes: Buffer | undefined): readonly string[] {
  if (bytes === undefined) return [];
  const [point] = derElements(derElement(bytes, derTag.sequence).contents);
  const [names] = point === undefined ? [] : derElements(point.contents);
  if (names === undefined) return [];
  return Array.from(derElements(names.contents), ({ contents }) => contents.toString("latin1"));
}
