import { createCipheriv, pbkdf2, randomBytes, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { encodeId } from "#server/pki/build-certificate.ts";
import { derTag, encodeDer } from "#server/pki/der.ts";
import { encodePem } from "#server/pki/pem.ts";

/** OWASP's figure for PBKDF2-HMAC-SHA256. */
const iterations = 600_000;

// Object identifiers of RFC 8018 and RFC 3565, as they are encoded.
const pbes2 = "2a864886f70d01050d";
const pbkdf2Id = "2a864886f70d01050c";
const hmacWithSha256 = "2a864886f70d0209";
const aes256Cbc = "60864801650304012a";

const derive = promisify(pbkdf2);

function algorithm(id: string, parameters: Uint8Array): Buffer {
  return encodeDer(derTag.sequence, encodeId(id), parameters);
}

/**
 * A private key under a passphrase: PKCS #8 (RFC 5958 §3) with PBES2 (RFC 8018), PBKDF2 with
 * HMAC-SHA256 and AES-256-CBC, as `openssl pkcs8` reads it.
 * @returns PEM
 */
export async function encryptKey(key: KeyObject, passphrase: string): Promise<string> {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const secret = await derive(passphrase, salt, iterations, 32, "sha256");
  const cipher = createCipheriv("aes-256-cbc", secret, iv);
  const plain = key.export({ type: "pkcs8", format: "der" });
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  plain.fill(0);
  secret.fill(0);
  const count = Buffer.from(iterations.toString(16).padStart(6, "0"), "hex");
  const derivation = encodeDer(
    derTag.sequence,
    encodeDer(derTag.octetString, salt),
    encodeDer(derTag.integer, count),
    algorithm(hmacWithSha256, Buffer.from([0x05, 0x00])),
  );
  const scheme = encodeDer(
    derTag.sequence,
    algorithm(pbkdf2Id, derivation),
    algorithm(aes256Cbc, encodeDer(derTag.octetString, iv)),
  );
  const info = encodeDer(
    derTag.sequence,
    algorithm(pbes2, scheme),
    encodeDer(derTag.octetString, encrypted),
  );
  return encodePem("ENCRYPTED PRIVATE KEY", info);
}
