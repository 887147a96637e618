import "reflect-metadata";
import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { SubjectAlternativeNameExtension } from "@peculiar/x509";
import {
  authorityKeyExtension,
  buildCertificate,
  encodeExtension,
  encodeId,
  encodeName,
  encodeUri,
  keyIdentifierOf,
  subjectKeyExtension,
} from "#server/pki/build-certificate.ts";
import { namesOfAuthority } from "#server/pki/check-crl.ts";
import { derTag, encodeDer } from "#server/pki/der.ts";
import { locationExtensions } from "#server/pki/location-extensions.ts";
import type { PkiUrls } from "#server/pki/pki-urls.ts";
import type { SigningKey } from "#server/pki/signing-key.ts";

/** A certificate with the key that signs under it. */
export type IssuingKey = {
  readonly certificate: X509Certificate;
  readonly key: SigningKey;
  /** Where others read what it revoked; none in certificates when undefined. */
  readonly urls?: PkiUrls | undefined;
};

const dayMs = 86_400_000;
const yearMs = 365.25 * dayMs;
/** A device's clock may be behind ours. */
const backdateMs = 5 * 60_000;
const serverDays = 90;

const empty = encodeDer(derTag.sequence);

/** RFC 5280 §4.2.1.3: the first bit is digitalSignature, the sixth and seventh keyCertSign and cRLSign. */
const digitalSignature = encodeExtension("keyUsage", Buffer.from("03020780", "hex"), true);
export const signsCertificatesAndLists = encodeExtension(
  "keyUsage",
  Buffer.from("03020106", "hex"),
  true,
);
const notAuthority = encodeExtension("basicConstraints", empty, true);

export function isAuthority(pathLength: number): Buffer {
  const value = encodeDer(
    derTag.sequence,
    Buffer.from("0101ff", "hex"),
    encodeDer(derTag.integer, Buffer.from([pathLength])),
  );
  return encodeExtension("basicConstraints", value, true);
}

/** Extended key usages, RFC 5280 §4.2.1.12. */
function usage(id: string): Buffer {
  return encodeExtension("extendedKeyUsage", encodeDer(derTag.sequence, encodeId(id)));
}

const usages = {
  clientAuth: usage("2b06010505070302"),
  serverAuth: usage("2b06010505070301"),
  ocspSigning: usage("2b06010505070309"),
} as const;

/** Whoever reads an answer need not ask whether its signer is revoked, RFC 6960 §4.2.2.2.1. */
const ocspNoCheck = encodeExtension("ocspNoCheck", Buffer.from([0x05, 0x00]));

/** X.520: at most 64 characters, and nothing that could mislead a reader. */
function organisationName(text: string): string {
  const plain = text
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ")
    .trim()
    .slice(0, 64)
    .trim();
  return plain === "" ? "Quayside" : plain;
}

/** Whole seconds: X.509 times have no fraction. */
function wholeSecond(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}

function spkiOf(key: SigningKey): Buffer {
  return key.publicKey.export({ type: "spki", format: "der" });
}

/** The self-signed root: 20 years, path length 1. */
export async function makeRootCertificate(input: {
  /** P-384. */
  readonly key: SigningKey;
  readonly installation: string;
  readonly now: Date;
}): Promise<Buffer> {
  const name = encodeName({ O: "Quayside", CN: `Quayside Root CA ${input.installation}` });
  const spki = spkiOf(input.key);
  return buildCertificate({
    subject: name,
    issuer: name,
    notBefore: wholeSecond(input.now.getTime()),
    notAfter: wholeSecond(input.now.getTime() + 20 * yearMs),
    spki,
    key: input.key,
    extensions: [isAuthority(1), signsCertificatesAndLists, subjectKeyExtension(spki)],
  });
}

/**
 * The CA that signs devices and our own listeners: 5 years, path length 0.
 * @param input.name the last word of its common name; each CA needs another
 */
export async function makeIssuingCertificate(input: {
  /** P-256. */
  readonly key: SigningKey;
  readonly root: IssuingKey;
  readonly name: string;
  readonly now: Date;
}): Promise<Buffer> {
  const { certificate: root, key } = input.root;
  const { subject: issuer } = namesOfAuthority(root);
  const end = Math.min(input.now.getTime() + 5 * yearMs, root.validToDate.getTime());
  const spki = spkiOf(input.key);
  return buildCertificate({
    subject: encodeName({ O: "Quayside", CN: `Quayside Device CA ${input.name}` }),
    issuer,
    notBefore: wholeSecond(input.now.getTime()),
    notAfter: wholeSecond(end),
    spki,
    key,
    extensions: [
      isAuthority(0),
      signsCertificatesAndLists,
      subjectKeyExtension(spki),
      authorityKeyExtension(keyIdentifierOf(spkiOf(key))),
    ],
  });
}

/** What every leaf says of its issuer. Reading it out of the certificate takes as long as a signature. */
type IssuerWords = {
  readonly name: Uint8Array;
  readonly notAfterMs: number;
  readonly identifier: Buffer;
  readonly locations: readonly Buffer[];
};
const issuerWords = new WeakMap<IssuingKey, IssuerWords>();

function wordsOf(issuer: IssuingKey): IssuerWords {
  const known = issuerWords.get(issuer);
  if (known !== undefined) return known;
  const { subject, keyIdentifier } = namesOfAuthority(issuer.certificate);
  const words: IssuerWords = {
    name: subject,
    notAfterMs: issuer.certificate.validToDate.getTime(),
    identifier: authorityKeyExtension(keyIdentifier ?? keyIdentifierOf(spkiOf(issuer.key))),
    locations: issuer.urls === undefined ? [] : locationExtensions(issuer.urls),
  };
  issuerWords.set(issuer, words);
  return words;
}

type LeafInput = {
  readonly issuer: IssuingKey;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly now: Date;
};

async function makeLeaf(
  input: LeafInput & {
    readonly subject: Uint8Array;
    readonly days: number;
    readonly usage: Uint8Array;
    readonly further: readonly Uint8Array[];
  },
): Promise<Buffer> {
  const { name, notAfterMs, identifier } = wordsOf(input.issuer);
  return buildCertificate({
    subject: input.subject,
    issuer: name,
    notBefore: wholeSecond(input.now.getTime() - backdateMs),
    notAfter: wholeSecond(Math.min(input.now.getTime() + input.days * dayMs, notAfterMs)),
    spki: input.spki,
    key: input.issuer.key,
    extensions: [
      notAuthority,
      digitalSignature,
      input.usage,
      subjectKeyExtension(input.spki),
      identifier,
      ...input.further,
    ],
  });
}

function uriNames(uri: string): Buffer {
  return encodeExtension("subjectAltName", encodeDer(derTag.sequence, encodeUri(uri)));
}

/** A device's certificate: clientAuth only, never longer than its issuer lives. */
export async function makeDeviceCertificate(
  input: LeafInput & {
    readonly deviceId: string;
    readonly deviceUuid: string;
    readonly organisation: string;
    readonly days: number;
  },
): Promise<Buffer> {
  return makeLeaf({
    ...input,
    subject: encodeName({ O: organisationName(input.organisation), CN: input.deviceId }),
    usage: usages.clientAuth,
    further: [
      uriNames(`urn:uuid:${input.deviceUuid.toLowerCase()}`),
      ...wordsOf(input.issuer).locations,
    ],
  });
}

/**
 * A claim certificate: its subject is the enrolment group, its SAN names the credential and no
 * device, so that nothing takes it for a device's.
 */
export async function makeClaimCertificate(
  input: LeafInput & {
    readonly publicId: string;
    readonly credentialId: string;
    readonly organisation: string;
    readonly days: number;
  },
): Promise<Buffer> {
  return makeLeaf({
    ...input,
    subject: encodeName({ O: organisationName(input.organisation), CN: input.publicId }),
    usage: usages.clientAuth,
    further: [
      uriNames(`urn:quayside:claim:${input.credentialId.toLowerCase()}`),
      ...wordsOf(input.issuer).locations,
    ],
  });
}

/** Our own listeners' certificate: serverAuth only, 90 days, the hosts as SAN. */
export async function makeServerCertificate(
  input: LeafInput & { readonly hosts: readonly string[] },
): Promise<Buffer> {
  const short = input.hosts.find((host) => host.length <= 64);
  const names = new SubjectAlternativeNameExtension(
    input.hosts.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }) as const),
  );
  return makeLeaf({
    ...input,
    subject: encodeName({ O: "Quayside", ...(short === undefined ? {} : { CN: short }) }),
    days: serverDays,
    usage: usages.serverAuth,
    further: [Buffer.from(names.rawData), ...wordsOf(input.issuer).locations],
  });
}

/**
 * An OCSP responder's certificate for the certificates of one CA, signed by that CA (RFC 6960
 * §4.2.2.2): OCSPSigning only, and id-pkix-ocsp-nocheck, so it is short-lived instead of revocable.
 */
export async function makeOcspCertificate(
  input: LeafInput & { readonly days: number },
): Promise<Buffer> {
  const responder = keyIdentifierOf(input.spki).toString("hex").slice(0, 8);
  return makeLeaf({
    ...input,
    subject: encodeName({ O: "Quayside", CN: `Quayside OCSP ${responder}` }),
    usage: usages.ocspSigning,
    further: [ocspNoCheck],
  });
}
