import "reflect-metadata";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import { encodePem } from "#server/pki/pem.ts";

/** A key made here, with the request that proves its possession. */
export type KeyAndRequest = {
  /** PKCS #8. */
  readonly privateKeyPem: string;
  readonly csrPem: string;
};

/** Makes a P-256 key pair and a request without a subject: names come from the registry. */
export async function makeKeyAndRequest(): Promise<KeyAndRequest> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const csr = await Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm: algorithm });
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    privateKeyPem: encodePem("PRIVATE KEY", new Uint8Array(pkcs8)),
    csrPem: encodePem("CERTIFICATE REQUEST", new Uint8Array(csr.rawData)),
  };
}
