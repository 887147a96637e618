import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { BmpString, OctetString } from "asn1js";
import {
  Attribute,
  AuthenticatedSafe,
  CertBag,
  Certificate,
  CryptoEngine,
  PFX,
  PKCS8ShroudedKeyBag,
  PrivateKeyInfo,
  SafeBag,
  SafeContents,
} from "pkijs";
import { splitPemBundle } from "#server/pki/pem.ts";

// OIDs of RFC 7292 and PKCS #9.
const shroudedKeyBag = "1.2.840.113549.1.12.10.1.2";
const certificateBag = "1.2.840.113549.1.12.10.1.3";
const friendlyName = "1.2.840.113549.1.9.20";
const localKeyId = "1.2.840.113549.1.9.21";

/** OWASP's figure for PBKDF2-HMAC-SHA256. */
const keyIterations = 600_000;
/** The MAC's derivation runs in this thread: about 0.1 s. */
const macIterations = 20_000;

const encryption = {
  // The engine draws an initialisation vector for each use; the type asks for one all the same.
  contentEncryptionAlgorithm: { name: "AES-CBC", length: 256, iv: new Uint8Array(16) },
  hmacHashAlgorithm: "SHA-256",
  iterationCount: keyIterations,
} as const;

/** RFC 7292 wants the pair marked; Java finds the key's certificate by it only. */
function pairAttributes(keyId: Uint8Array<ArrayBuffer>, name: string): Attribute[] {
  return [
    new Attribute({ type: friendlyName, values: [new BmpString({ value: name })] }),
    new Attribute({ type: localKeyId, values: [new OctetString({ valueHex: keyId })] }),
  ];
}

function certificateSafeBag(pem: string, attributes: Attribute[]): SafeBag {
  const parsed = Certificate.fromBER(new Uint8Array(new X509Certificate(pem).raw));
  return new SafeBag({
    bagId: certificateBag,
    bagValue: new CertBag({ parsedValue: parsed }),
    ...(attributes.length === 0 ? {} : { bagAttributes: attributes }),
  });
}

/**
 * A PKCS #12 file (RFC 7292) of a private key, its certificate and the chain: AES-256-CBC with
 * PBES2, integrity by HMAC-SHA256.
 * @param input.password printable ASCII, so that every reader derives the same key
 * @returns DER
 */
export async function makePkcs12(input: {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  readonly chainPem: string;
  readonly name: string;
  readonly password: string;
}): Promise<Buffer> {
  const engine = new CryptoEngine({ name: "node", crypto });
  const password = new TextEncoder().encode(input.password).buffer;
  const leaf = new X509Certificate(input.certificatePem);
  const keyId = new Uint8Array(createHash("sha1").update(leaf.raw).digest());
  const key = createPrivateKey(input.privateKeyPem).export({ type: "pkcs8", format: "der" });
  const keyBag = new PKCS8ShroudedKeyBag({
    parsedValue: PrivateKeyInfo.fromBER(new Uint8Array(key)),
  });
  await keyBag.makeInternalValues({ ...encryption, password }, engine);
  const attributes = pairAttributes(keyId, input.name);
  const keySafe = new SafeContents({
    safeBags: [new SafeBag({ bagId: shroudedKeyBag, bagValue: keyBag, bagAttributes: attributes })],
  });
  const certificateSafe = new SafeContents({
    safeBags: [
      certificateSafeBag(input.certificatePem, attributes),
      ...splitPemBundle(input.chainPem).map((pem) => certificateSafeBag(pem, [])),
    ],
  });
  const authenticatedSafe = new AuthenticatedSafe({
    parsedValue: {
      safeContents: [
        // The key bag is encrypted by itself, the certificates as a whole.
        { privacyMode: 0, value: keySafe },
        { privacyMode: 1, value: certificateSafe },
      ],
    },
  });
  await authenticatedSafe.makeInternalValues(
    { safeContents: [{}, { ...encryption, password }] },
    engine,
  );
  const pfx = new PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } });
  await pfx.makeInternalValues(
    {
      password,
      iterations: macIterations,
      pbkdf2HashAlgorithm: "SHA-256",
      hmacHashAlgorithm: "SHA-256",
    },
    engine,
  );
  return Buffer.from(pfx.toSchema().toBER(false));
}
