import { createPublicKey, sign, type KeyObject } from "node:crypto";
import { ecdsaWithSha256, ecdsaWithSha384 } from "#server/pki/der.ts";

/** A CA's private key, wherever it is. */
export type SigningKey = {
  /** AlgorithmIdentifier of its signatures, DER. */
  readonly algorithm: Uint8Array;
  readonly publicKey: KeyObject;
  /**
   * @returns the ECDSA signature of the bytes, DER
   * @throws SignerUnavailable when the key is in a token that cannot be reached
   */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
};

const hashes: Readonly<Record<string, "sha256" | "sha384">> = {
  prime256v1: "sha256",
  secp384r1: "sha384",
};

/**
 * A key in this process. P-256 signs with SHA-256, P-384 with SHA-384.
 * @returns undefined for every other key
 */
export function softwareKey(key: KeyObject): SigningKey | undefined {
  const hash = hashes[key.asymmetricKeyDetails?.namedCurve ?? ""];
  if (hash === undefined) return undefined;
  return {
    algorithm: hash === "sha256" ? ecdsaWithSha256 : ecdsaWithSha384,
    publicKey: createPublicKey(key),
    // In this thread: it takes less time than handing it to another.
    sign: (bytes) => Promise.resolve(sign(hash, bytes, { key, dsaEncoding: "der" })),
  };
}
