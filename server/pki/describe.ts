import { createHash, X509Certificate } from "node:crypto";

/** What a certificate says, as the registry keeps it. */
export type CertificateDescription = {
  /** Of the DER, lower-case hex. */
  readonly sha256: string;
  /** Lower-case hex. */
  readonly serial: string;
  readonly issuer: string;
  readonly subject: string;
  /** Common name; undefined when there is none or several. */
  readonly cn: string | undefined;
  /** Of SAN URI:urn:uuid:…; undefined when there is none or several. */
  readonly sanUuid: string | undefined;
  /** Of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
  /** "EC P-256", "RSA 3072". */
  readonly keyAlgorithm: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
};

const curveNames: Readonly<Record<string, string>> = {
  prime256v1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
};

function keyAlgorithm(certificate: X509Certificate): string {
  const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails: details } =
    certificate.publicKey;
  if (type === "rsa") return `RSA ${details?.modulusLength ?? 0}`;
  const curve = details?.namedCurve;
  return curve === undefined ? type : `EC ${curveNames[curve] ?? curve}`;
}

function sanUuid(certificate: X509Certificate): string | undefined {
  const uris = (certificate.subjectAltName ?? "")
    .split(", ")
    .filter((entry) => entry.startsWith("URI:"));
  const uuid = /^URI:urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(uris[0] ?? "");
  return uris.length === 1 ? uuid?.[1]?.toLowerCase() : undefined;
}

function commonName(certificate: X509Certificate): string | undefined {
  // Several common names come as an array, which the type does not say.
  const name: unknown = certificate.toLegacyObject().subject.CN;
  return typeof name === "string" ? name : undefined;
}

/**
 * What a certificate says of who has it. Its key is not looked at: OpenSSL's copy of that lives until
 * the garbage collector comes, ten thousand times in a reconnect storm.
 */
export function describeHolder(
  certificate: X509Certificate,
): Pick<CertificateDescription, "sha256" | "issuer" | "cn" | "sanUuid"> {
  return {
    sha256: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    issuer: certificate.issuer.replaceAll("\n", ", "),
    cn: commonName(certificate),
    sanUuid: sanUuid(certificate),
  };
}

/**
 * Reads a certificate.
 * @param pem PEM, or the DER bytes that a TLS peer sent
 * @throws Error when it is not a certificate
 */
export function describeCertificate(pem: string | Buffer): CertificateDescription {
  const certificate = new X509Certificate(pem);
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  return {
    ...describeHolder(certificate),
    serial: certificate.serialNumber.toLowerCase(),
    subject: certificate.subject.replaceAll("\n", ", "),
    spkiSha256: createHash("sha256").update(spki).digest("hex"),
    keyAlgorithm: keyAlgorithm(certificate),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
  };
}
