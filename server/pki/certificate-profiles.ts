import "reflect-metadata";
import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension,
  type X509Certificate,
} from "@peculiar/x509";

/** A certificate with the key that signs under it. */
export type IssuingKey = {
  readonly certificate: X509Certificate;
  readonly privateKey: CryptoKey;
};

const dayMs = 86_400_000;
const yearMs = 365.25 * dayMs;
/** A device's clock may be behind ours. */
const backdateMs = 5 * 60_000;
const serverDays = 90;

/** 128 bits: RFC 5280 §4.1.2.2 wants it positive and at most 20 octets. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}

/** Whole seconds: X.509 times have no fraction. */
function wholeSecond(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}

/** A name built of attributes, never parsed from text, so nothing in a value can add another. */
function subjectName(attributes: Readonly<Record<string, string>>): Name {
  return new Name(
    Object.entries(attributes).map(([type, value]) => ({ [type]: [{ utf8String: value }] })),
  );
}

/** X.520: at most 64 characters, and nothing that could mislead a reader. */
function organisationName(text: string): string {
  const plain = text
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ")
    .trim()
    .slice(0, 64)
    .trim();
  return plain === "" ? "Quayside" : plain;
}

async function identifiers(subject: PublicKey, issuer: PublicKey): Promise<Extension[]> {
  return [
    await SubjectKeyIdentifierExtension.create(subject),
    await AuthorityKeyIdentifierExtension.create(issuer),
  ];
}

function authorityExtensions(pathLength: number): Extension[] {
  return [
    new BasicConstraintsExtension(true, pathLength, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
}

/** The self-signed root: P-384, 20 years, path length 1. */
export async function makeRootCertificate(input: {
  readonly keys: CryptoKeyPair;
  readonly installation: string;
  readonly now: Date;
}): Promise<X509Certificate> {
  const name = subjectName({ O: "Quayside", CN: `Quayside Root CA ${input.installation}` });
  const publicKey = await PublicKey.create(input.keys.publicKey);
  return X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: name,
    issuer: name,
    notBefore: wholeSecond(input.now.getTime()),
    notAfter: wholeSecond(input.now.getTime() + 20 * yearMs),
    signingAlgorithm: { name: "ECDSA", hash: "SHA-384" },
    publicKey,
    signingKey: input.keys.privateKey,
    extensions: [...authorityExtensions(1), await SubjectKeyIdentifierExtension.create(publicKey)],
  });
}

/** The CA that signs devices and our own listeners: P-256, 5 years, path length 0. */
export async function makeIssuingCertificate(input: {
  readonly publicKey: CryptoKey;
  readonly root: IssuingKey;
  readonly installation: string;
  readonly now: Date;
}): Promise<X509Certificate> {
  const publicKey = await PublicKey.create(input.publicKey);
  const { certificate: root } = input.root;
  return X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: subjectName({ O: "Quayside", CN: `Quayside Device CA ${input.installation}` }),
    issuer: root.subjectName,
    notBefore: wholeSecond(input.now.getTime()),
    notAfter: wholeSecond(Math.min(input.now.getTime() + 5 * yearMs, root.notAfter.getTime())),
    signingAlgorithm: { name: "ECDSA", hash: "SHA-384" },
    publicKey,
    signingKey: input.root.privateKey,
    extensions: [...authorityExtensions(0), ...(await identifiers(publicKey, root.publicKey))],
  });
}

/** What every leaf says of its issuer. Reading it out of the certificate takes as long as a signature. */
type IssuerWords = { readonly name: Name; readonly identifier: Extension };
const issuerWords = new WeakMap<X509Certificate, Promise<IssuerWords>>();

function wordsOf(issuer: X509Certificate): Promise<IssuerWords> {
  const known = issuerWords.get(issuer);
  if (known !== undefined) return known;
  const read = async (): Promise<IssuerWords> => ({
    name: issuer.subjectName,
    identifier: await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
  });
  const words = read();
  issuerWords.set(issuer, words);
  return words;
}

async function makeLeaf(input: {
  readonly issuer: IssuingKey;
  readonly spki: Uint8Array<ArrayBuffer>;
  readonly subject: Name;
  readonly days: number;
  readonly now: Date;
  readonly usage: ExtendedKeyUsage;
  readonly names: SubjectAlternativeNameExtension;
}): Promise<X509Certificate> {
  const publicKey = new PublicKey(input.spki);
  const { certificate: issuer, privateKey } = input.issuer;
  const { name, identifier } = await wordsOf(issuer);
  const end = Math.min(input.now.getTime() + input.days * dayMs, issuer.notAfter.getTime());
  return X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: input.subject,
    issuer: name,
    notBefore: wholeSecond(input.now.getTime() - backdateMs),
    notAfter: wholeSecond(end),
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    publicKey,
    signingKey: privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([input.usage]),
      input.names,
      await SubjectKeyIdentifierExtension.create(publicKey),
      identifier,
    ],
  });
}

/** A device's certificate: clientAuth only, never longer than its issuer lives. */
export async function makeDeviceCertificate(input: {
  readonly issuer: IssuingKey;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array<ArrayBuffer>;
  readonly deviceId: string;
  readonly deviceUuid: string;
  readonly organisation: string;
  readonly days: number;
  readonly now: Date;
}): Promise<X509Certificate> {
  return makeLeaf({
    ...input,
    subject: subjectName({ O: organisationName(input.organisation), CN: input.deviceId }),
    usage: ExtendedKeyUsage.clientAuth,
    names: new SubjectAlternativeNameExtension([
      { type: "url", value: `urn:uuid:${input.deviceUuid.toLowerCase()}` },
    ]),
  });
}

/**
 * A claim certificate: its subject is the enrolment group, its SAN names the credential and no
 * device, so that nothing takes it for a device's.
 */
export async function makeClaimCertificate(input: {
  readonly issuer: IssuingKey;
  readonly spki: Uint8Array<ArrayBuffer>;
  readonly publicId: string;
  readonly credentialId: string;
  readonly organisation: string;
  readonly days: number;
  readonly now: Date;
}): Promise<X509Certificate> {
  return makeLeaf({
    ...input,
    subject: subjectName({ O: organisationName(input.organisation), CN: input.publicId }),
    usage: ExtendedKeyUsage.clientAuth,
    names: new SubjectAlternativeNameExtension([
      { type: "url", value: `urn:quayside:claim:${input.credentialId.toLowerCase()}` },
    ]),
  });
}

/** Our own listeners' certificate: serverAuth only, 90 days, the hosts as SAN. */
export async function makeServerCertificate(input: {
  readonly issuer: IssuingKey;
  readonly spki: Uint8Array<ArrayBuffer>;
  readonly hosts: readonly string[];
  readonly now: Date;
}): Promise<X509Certificate> {
  const short = input.hosts.find((host) => host.length <= 64);
  return makeLeaf({
    ...input,
    subject: subjectName({ O: "Quayside", ...(short === undefined ? {} : { CN: short }) }),
    days: serverDays,
    usage: ExtendedKeyUsage.serverAuth,
    names: new SubjectAlternativeNameExtension(
      input.hosts.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }) as const),
    ),
  });
}
