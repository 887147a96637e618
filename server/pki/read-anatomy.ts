import "reflect-metadata";
import {
  AuthorityInfoAccessExtension,
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CertificatePolicyExtension,
  CRLDistributionPointsExtension,
  ExtendedKeyUsageExtension,
  IssuerAlternativeNameExtension,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  type Extension,
} from "@peculiar/x509";
import {
  keyUsages,
  type ExtensionFact,
  type ExtensionValue,
} from "#server/domain/extension-words.ts";

/** What is in a certificate beside what the registry keeps in columns. */
export type CertificateAnatomy = {
  /** "ECDSA with SHA-256" */
  readonly signature: string;
  /** "SHA-256"; empty where the algorithm has its own. */
  readonly signatureHash: string;
  /** Subject alternative names: "url:urn:uuid:…". */
  readonly names: readonly string[];
  readonly extensions: readonly ExtensionFact[];
};

/** Bits of KeyUsage in their order, RFC 5280 §4.2.1.3. */
function usagesOf(bits: number) {
  return keyUsages.filter((_, index) => (bits & (1 << index)) !== 0);
}

const urlsOf = (names: readonly { readonly type: string; readonly value: string }[]) =>
  names.filter(({ type }) => type === "url").map(({ value }) => value);

function pointsOf({ distributionPoints }: CRLDistributionPointsExtension): readonly string[] {
  return distributionPoints.flatMap(({ distributionPoint }) =>
    (distributionPoint?.fullName ?? []).flatMap(({ uniformResourceIdentifier: url }) =>
      url === undefined ? [] : [url],
    ),
  );
}

function namesOf(
  of: "subject" | "issuer",
  extension: SubjectAlternativeNameExtension | IssuerAlternativeNameExtension,
): ExtensionValue {
  const names = extension.names.toJSON();
  return { kind: "names", of, names: names.map(({ type, value }) => ({ type, value })) };
}

/** Each reads the extensions of its class. */
const readers: readonly ((extension: Extension) => ExtensionValue | undefined)[] = [
  (of) =>
    of instanceof BasicConstraintsExtension
      ? { kind: "basic_constraints", ca: of.ca, pathLength: of.pathLength ?? null }
      : undefined,
  (of) =>
    of instanceof KeyUsagesExtension
      ? { kind: "key_usage", usages: usagesOf(of.usages) }
      : undefined,
  (of) =>
    of instanceof ExtendedKeyUsageExtension
      ? { kind: "extended_key_usage", oids: of.usages.map(String) }
      : undefined,
  (of) => (of instanceof SubjectAlternativeNameExtension ? namesOf("subject", of) : undefined),
  (of) => (of instanceof IssuerAlternativeNameExtension ? namesOf("issuer", of) : undefined),
  (of) =>
    of instanceof CRLDistributionPointsExtension
      ? { kind: "distribution_points", urls: pointsOf(of) }
      : undefined,
  (of) =>
    of instanceof AuthorityInfoAccessExtension
      ? { kind: "authority_access", ocsp: urlsOf(of.ocsp), issuers: urlsOf(of.caIssuers) }
      : undefined,
  (of) =>
    of instanceof SubjectKeyIdentifierExtension
      ? { kind: "subject_key_id", id: of.keyId }
      : undefined,
  (of) =>
    of instanceof AuthorityKeyIdentifierExtension
      ? { kind: "authority_key_id", id: of.keyId ?? null }
      : undefined,
  (of) =>
    of instanceof CertificatePolicyExtension
      ? { kind: "policies", oids: [...of.policies] }
      : undefined,
];

function factOf(extension: Extension): ExtensionFact {
  const { type: oid, critical } = extension;
  const unknown: ExtensionValue = { kind: "unknown", bytes: extension.value.byteLength };
  for (const read of readers) {
    const value = read(extension);
    if (value !== undefined) return { oid, critical, value };
  }
  return { oid, critical, value: unknown };
}

function signatureOf({ signatureAlgorithm }: X509Certificate): {
  readonly signature: string;
  readonly signatureHash: string;
} {
  // The type knows no algorithm without a hash; Ed25519 is one.
  const algorithm = signatureAlgorithm as {
    readonly name: string;
    readonly hash?: { readonly name: string };
  };
  const name = algorithm.name.replace("RSASSA-PKCS1-v1_5", "RSA");
  const hash = algorithm.hash?.name ?? "";
  return { signature: hash === "" ? name : `${name} with ${hash}`, signatureHash: hash };
}

/**
 * Takes a certificate apart (RFC 5280 §4).
 * @throws Error when it cannot be read
 */
export function readAnatomy(pem: string): CertificateAnatomy {
  const certificate = new X509Certificate(pem);
  const extensions = certificate.extensions.map(factOf);
  const names = extensions.flatMap(({ value }) =>
    value.kind === "names" && value.of === "subject"
      ? value.names.map((name) => `${name.type}:${name.value}`)
      : [],
  );
  return { ...signatureOf(certificate), names, extensions };
}
