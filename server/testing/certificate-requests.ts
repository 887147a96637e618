import "reflect-metadata";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  Name,
  type JsonGeneralName,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
} from "@peculiar/x509";
import { encodePem } from "#server/pki/pem.ts";

type KeyKind =
  | { readonly name: "ECDSA"; readonly namedCurve: "P-256" | "P-384" | "P-521" }
  | { readonly name: "RSA"; readonly bits: number; readonly exponent?: number }
  | { readonly name: "Ed25519" };

/** A signing request as a client might make it, honest or not. */
export async function makeRequest(input: {
  readonly key?: KeyKind;
  readonly keys?: CryptoKeyPair;
  readonly hash?: "SHA-1" | "SHA-256" | "SHA-384";
  readonly commonName?: string;
  /** Asks for CA:TRUE, serverAuth and another device's names. */
  readonly greedy?: boolean;
  /** Asks for these alternative names. */
  readonly names?: readonly JsonGeneralName[];
}): Promise<{ readonly csrPem: string; readonly keys: CryptoKeyPair }> {
  const algorithm: Algorithm = algorithmOf(
    input.key ?? { name: "ECDSA", namedCurve: "P-256" },
    input.hash,
  );
  const keys =
    input.keys ??
    ((await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair);
  const csr = await Pkcs10CertificateRequestGenerator.create({
    keys,
    signingAlgorithm: algorithm,
    ...(input.commonName === undefined
      ? {}
      : { name: new Name([{ CN: [{ utf8String: input.commonName }] }]) }),
    extensions: wishesOf(input),
  });
  return { csrPem: encodePem("CERTIFICATE REQUEST", new Uint8Array(csr.rawData)), keys };
}

const foreignNames: readonly JsonGeneralName[] = [
  { type: "dns", value: "broker.example" },
  { type: "url", value: "urn:uuid:00000000-0000-4000-8000-000000000000" },
];

function wishesOf({
  greedy = false,
  names = greedy ? foreignNames : [],
}: {
  readonly greedy?: boolean;
  readonly names?: readonly JsonGeneralName[];
}): Extension[] {
  return [
    ...(greedy ? [new BasicConstraintsExtension(true, 5, true)] : []),
    ...(greedy ? [new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth])] : []),
    ...(names.length > 0 ? [new SubjectAlternativeNameExtension([...names])] : []),
  ];
}

function algorithmOf(key: KeyKind, hash = "SHA-256") {
  switch (key.name) {
    case "ECDSA":
      return { ...key, hash };
    case "RSA":
      return {
        name: "RSASSA-PKCS1-v1_5",
        modulusLength: key.bits,
        // Big-endian; 65537 unless a test wants a weak one.
        publicExponent:
          key.exponent === undefined ? Uint8Array.of(1, 0, 1) : Uint8Array.of(key.exponent),
        hash,
      };
    case "Ed25519":
      return { name: "Ed25519" };
  }
}
