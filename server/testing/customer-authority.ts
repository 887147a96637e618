import "reflect-metadata";
import { randomBytes } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from "@peculiar/x509";
import { encodePem } from "#server/pki/pem.ts";

/** A certificate as a customer might make it, sound or not. */
export type CustomerLeaf = {
  readonly commonName: string;
  readonly organisation?: string;
  /** Attribute serialNumber of the subject. */
  readonly serialNumber?: string;
  readonly ca?: boolean;
  /** Subject alternative names; none when absent. */
  readonly names?: readonly JsonGeneralName[];
  /** Extended key usages; none when absent. */
  readonly usages?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly hash?: "SHA-1" | "SHA-256";
  readonly rsaBits?: number;
  /** Instead of fresh ones. */
  readonly keys?: CryptoKeyPair;
};

/** A customer's CA. */
export type CustomerAuthority = {
  readonly pem: string;
  /** As `describeCertificate` writes it. */
  readonly subject: string;
  issue(leaf: CustomerLeaf): Promise<{ readonly cert: string; readonly key: string }>;
};

/** What is wrong with a CA, if anything. */
export type CustomerAuthorityFlaws = Pick<
  CustomerLeaf,
  "notBefore" | "notAfter" | "ca" | "rsaBits"
> & {
  /** Key usages; none when null. */
  readonly usage?: KeyUsageFlags | null;
};

const dayMs = 86_400_000;

function keysOf({
  rsaBits,
  hash = "SHA-256",
}: {
  readonly rsaBits?: number | undefined;
  readonly hash?: "SHA-1" | "SHA-256";
}) {
  return rsaBits === undefined
    ? ({ name: "ECDSA", namedCurve: "P-256", hash } as const)
    : ({
        name: "RSASSA-PKCS1-v1_5",
        modulusLength: rsaBits,
        publicExponent: Uint8Array.of(1, 0, 1),
        hash,
      } as const);
}

function nameOf({ commonName, organisation, serialNumber }: CustomerLeaf): Name {
  return new Name([
    { CN: [{ utf8String: commonName }] },
    ...(organisation === undefined ? [] : [{ O: [{ utf8String: organisation }] }]),
    ...(serialNumber === undefined ? [] : [{ "2.5.4.5": [{ printableString: serialNumber }] }]),
  ]);
}

function pemOf(certificate: X509Certificate): string {
  return encodePem("CERTIFICATE", new Uint8Array(certificate.rawData));
}

const serial = () => `40${randomBytes(8).toString("hex")}`;

/** Makes a key pair as devices have one, unless told otherwise. */
export async function freshKeys(how: Pick<CustomerLeaf, "rsaBits"> = {}): Promise<CryptoKeyPair> {
  const algorithm: Algorithm = keysOf(how);
  return (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
}

/** Makes a CA with a key of its own, by default under a name that no other has. */
export async function makeCustomerAuthority(
  commonName = `Works CA ${randomBytes(4).toString("hex")}`,
  flaws: CustomerAuthorityFlaws = {},
): Promise<CustomerAuthority> {
  const keys = await freshKeys(flaws);
  const name = nameOf({ commonName });
  const { ca = true, usage = KeyUsageFlags.keyCertSign, rsaBits } = flaws;
  const authority = await X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: name,
    issuer: name,
    notBefore: flaws.notBefore ?? new Date(Date.now() - 30 * dayMs),
    notAfter: flaws.notAfter ?? new Date(Date.now() + 365 * dayMs),
    signingAlgorithm: keysOf({ rsaBits }),
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    extensions: [
      new BasicConstraintsExtension(ca, undefined, true),
      ...(usage === null ? [] : [new KeyUsagesExtension(usage, true)]),
    ],
  });
  return {
    pem: pemOf(authority),
    subject: `CN=${commonName}`,
    issue: (leaf) => issueLeaf({ name, key: keys.privateKey, rsaBits }, leaf),
  };
}

async function issueLeaf(
  issuer: { readonly name: Name; readonly key: CryptoKey; readonly rsaBits: number | undefined },
  leaf: CustomerLeaf,
): Promise<{ readonly cert: string; readonly key: string }> {
  const own = leaf.keys ?? (await freshKeys(leaf));
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: nameOf(leaf),
    issuer: issuer.name,
    notBefore: leaf.notBefore ?? new Date(Date.now() - dayMs),
    notAfter: leaf.notAfter ?? new Date(Date.now() + 90 * dayMs),
    signingAlgorithm: keysOf({ rsaBits: issuer.rsaBits, hash: leaf.hash ?? "SHA-256" }),
    publicKey: own.publicKey,
    signingKey: issuer.key,
    extensions: [
      new BasicConstraintsExtension(leaf.ca ?? false, undefined, true),
      ...(leaf.names === undefined ? [] : [new SubjectAlternativeNameExtension([...leaf.names])]),
      ...(leaf.usages === undefined ? [] : [new ExtendedKeyUsageExtension([...leaf.usages])]),
    ],
  });
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", own.privateKey);
  return { cert: pemOf(certificate), key: encodePem("PRIVATE KEY", new Uint8Array(pkcs8)) };
}
