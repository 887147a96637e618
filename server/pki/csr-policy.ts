import "reflect-metadata";
import { createHash, createPublicKey, verify, type KeyObject } from "node:crypto";
import type { Pkcs10CertificateRequest } from "@peculiar/x509";
import { derElement, derElements, derTag } from "#server/pki/der.ts";
import {
  longestCsr,
  readSigningRequest,
  type SigningRequest,
} from "#server/pki/read-signing-request.ts";
import { judgeNames, type ExpectedNames, type NamesProblem } from "#server/pki/request-names.ts";
import { hasRocaFingerprint } from "#server/pki/weak-rsa.ts";

/** Which rule a request broke. */
export type CsrRule =
  | "too-large"
  | "not-a-request"
  | "proof-of-possession"
  | "signature-hash"
  | "key-type"
  | "key-size"
  | "weak-key"
  | NamesProblem["rule"];

/** The only thing that is taken over from a request: its public key. */
export type RequestedKey = {
  /** SubjectPublicKeyInfo, DER, in one canonical encoding (the same key has one fingerprint). */
  readonly spki: Buffer;
  /** Lower-case hex. */
  readonly spkiSha256: string;
  /** "EC P-256", "EC P-384", "RSA 3072". */
  readonly keyAlgorithm: string;
  readonly warnings: readonly string[];
};

export type CsrVerdict =
  | { readonly accepted: true; readonly key: RequestedKey }
  | { readonly accepted: false; readonly rule: CsrRule; readonly message: string };

type KeyVerdict =
  | {
      readonly accepted: true;
      readonly keyAlgorithm: string;
      readonly warnings: readonly string[];
    }
  | Extract<CsrVerdict, { accepted: false }>;

const hashes = new Set(["SHA-256", "SHA-384", "SHA-512"]);
const curves: Readonly<Record<string, string>> = { prime256v1: "P-256", secp384r1: "P-384" };
const makeKey = "Make a P-256 key: openssl ecparam -name prime256v1 -genkey -noout -out device.key";

function refuse(rule: CsrRule, message: string): Extract<CsrVerdict, { accepted: false }> {
  return { accepted: false, rule, message };
}

function modulusOf(key: KeyObject): bigint {
  const modulus = Buffer.from(key.export({ format: "jwk" }).n ?? "", "base64url");
  return BigInt(`0x${modulus.toString("hex")}`);
}

function isSoundExponent(exponent: bigint): boolean {
  // FIPS 186-5, A.1.1.
  return exponent >= 65_537n && exponent < 2n ** 256n && exponent % 2n === 1n;
}

function checkRsa(key: KeyObject): KeyVerdict {
  const { modulusLength: bits = 0, publicExponent: exponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (bits < 2048) {
    return refuse("key-size", `An RSA key of ${bits} bits is too short. ${makeKey}`);
  }
  if (bits > 8192) {
    return refuse("key-size", `An RSA key of ${bits} bits is longer than the 8192 allowed.`);
  }
  if (!isSoundExponent(exponent)) {
    return refuse("weak-key", `The RSA key's public exponent must be 65537 or larger. ${makeKey}`);
  }
  if (hasRocaFingerprint(modulusOf(key))) {
    return refuse(
      "weak-key",
      "The RSA key can be factored (CVE-2017-15361, made by a faulty secure element). Make the key elsewhere.",
    );
  }
  // SP 800-57: RSA below 3072 bits has less than 128 bits of strength.
  const warnings =
    bits < 3072
      ? [`RSA ${bits} is below 128 bits of security and ends in 2030; prefer P-256.`]
      : [];
  return { accepted: true, keyAlgorithm: `RSA ${bits}`, warnings };
}

function checkKey(key: KeyObject): KeyVerdict {
  if (key.asymmetricKeyType === "rsa") return checkRsa(key);
  const curve = curves[key.asymmetricKeyDetails?.namedCurve ?? ""];
  if (key.asymmetricKeyType === "ec" && curve !== undefined) {
    return { accepted: true, keyAlgorithm: `EC ${curve}`, warnings: [] };
  }
  const found = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? "unknown";
  return refuse(
    "key-type",
    `Keys of the type ${found} are not accepted; use P-256, P-384 or RSA of at least 2048 bits. ${makeKey}`,
  );
}

/** SubjectPublicKeyInfo of an uncompressed P-256 point, up to its coordinates: the only encoding we make. */
const p256Prefix = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d03010703420004", "hex");

/** SubjectPublicKeyInfo re-encoded, so that a compressed point or odd parameters hide no shared key. */
function canonicalSpki(key: KeyObject, given: Uint8Array | undefined): Buffer {
  const own = Buffer.from(given ?? key.export({ type: "spki", format: "der" }));
  const isCanonical = own.length === p256Prefix.length + 64;
  if (isCanonical && own.subarray(0, p256Prefix.length).equals(p256Prefix)) return own;
  const again = createPublicKey({ key: key.export({ format: "jwk" }), format: "jwk" });
  return again.export({ type: "spki", format: "der" });
}

/** @param given the key as it was encoded, where that is at hand: OpenSSL has read it already */
function requestedKey(
  key: KeyObject,
  given: Uint8Array | undefined,
  { keyAlgorithm, warnings }: Extract<KeyVerdict, { accepted: true }>,
): RequestedKey {
  const spki = canonicalSpki(key, given);
  const spkiSha256 = createHash("sha256").update(spki).digest("hex");
  return { spki, spkiSha256, keyAlgorithm, warnings };
}

/** Judges a public key that comes in a certificate instead of a request, by the same rules. */
export function judgePublicKey(key: KeyObject): CsrVerdict {
  const verdict = checkKey(key);
  return verdict.accepted
    ? { accepted: true, key: requestedKey(key, undefined, verdict) }
    : verdict;
}

/** The parts of a request that have to do with its key, as they are encoded (RFC 2986 §4). */
type KeyParts = {
  readonly key: KeyObject;
  readonly spki: Uint8Array;
  /** What is signed, and the signature. */
  readonly info: Uint8Array;
  readonly signature: Uint8Array;
};

/** The library would parse the key once more for it, which takes as long as a signature. */
function keyPartsOf({ csr }: SigningRequest): KeyParts | undefined {
  try {
    const whole = derElement(new Uint8Array(csr.rawData), derTag.sequence);
    const [info, , signature] = derElements(whole.contents);
    const [, , spki] = derElements(info?.contents ?? new Uint8Array());
    if (info === undefined || spki === undefined || signature === undefined) return undefined;
    return {
      key: createPublicKey({ key: Buffer.from(spki.raw), format: "der", type: "spki" }),
      spki: spki.raw,
      info: info.raw,
      signature: signature.contents.subarray(1),
    };
  } catch {
    // Hostile input: bytes, or a key, that cannot be read.
    return undefined;
  }
}

/** Proof of possession, RFC 2986: the request is signed by the key that it asks for. */
async function provesPossession(
  csr: Pkcs10CertificateRequest,
  { key, info, signature }: KeyParts,
  hash: string,
): Promise<boolean> {
  try {
    // What devices ask with is nearly always a curve; it takes a quarter of the library's time.
    const isCurve = key.asymmetricKeyType === "ec" && csr.signatureAlgorithm.name === "ECDSA";
    return isCurve
      ? verify(hash.replace("-", ""), info, { key, dsaEncoding: "der" }, signature)
      : await csr.verify();
  } catch {
    return false;
  }
}

/**
 * Judges a certificate signing request (PKCS #10, PEM), wherever it comes in. Only its key is taken
 * over: who the device is comes from the registry. A request that asks to be a CA, or for names that
 * are not expected, is refused nevertheless (`judgeNames`).
 * @param expected of a device: `namesOfDevice`
 */
export async function checkCsr(csrPem: string, expected: ExpectedNames): Promise<CsrVerdict> {
  if (csrPem.length > longestCsr) {
    return refuse("too-large", `The request is longer than ${longestCsr} characters.`);
  }
  const request = readSigningRequest(csrPem);
  const parts = request === undefined ? undefined : keyPartsOf(request);
  if (request === undefined || parts === undefined) {
    return refuse(
      "not-a-request",
      "This is not a certificate signing request in PEM form, beginning with -----BEGIN CERTIFICATE REQUEST-----.",
    );
  }
  const { csr } = request;
  const verdict = checkKey(parts.key);
  if (!verdict.accepted) return verdict;
  const hash = (csr.signatureAlgorithm as Partial<typeof csr.signatureAlgorithm>).hash?.name ?? "";
  if (!hashes.has(hash)) {
    return refuse("signature-hash", "The request must be signed with SHA-256, SHA-384 or SHA-512.");
  }
  if (!(await provesPossession(csr, parts, hash))) {
    return refuse(
      "proof-of-possession",
      "The request's signature does not fit its public key. Make the request anew with the device's own key.",
    );
  }
  const problem = judgeNames(request, expected);
  if (problem !== undefined) return refuse(problem.rule, problem.message);
  return { accepted: true, key: requestedKey(parts.key, parts.spki, verdict) };
}
