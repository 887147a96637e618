/**
 * A certificate signing request (PKCS #10, RFC 2986) made by the browser, so that the private key
 * never leaves it. The little DER that this takes is written here: a library for all of X.509 would
 * be the larger part of the page.
 */

/** A key made in the browser, and the request that proves its possession. Both are PEM. */
export type BrowserRequest = { readonly csrPem: string; readonly privateKeyPem: string };

const tags = {
  integer: 0x02,
  bitString: 0x03,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  attributes: 0xa0,
};
/** Object identifiers as DER: commonName (2.5.4.3), ecdsa-with-SHA256 (1.2.840.10045.4.3.2). */
const commonName = [0x06, 0x03, 0x55, 0x04, 0x03];
const ecdsaWithSha256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];

type Bytes = Uint8Array<ArrayBuffer>;

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function der(tag: number, ...parts: readonly (Uint8Array | readonly number[])[]): Bytes {
  const content = parts.flatMap((part) => [...part]);
  return Uint8Array.from([tag, ...lengthBytes(content.length), ...content]);
}

/** An unsigned number in its shortest form: no zeros before it, and one where it would be negative. */
function unsigned(bytes: Uint8Array): Bytes {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = bytes.subarray(first === -1 ? bytes.length - 1 : first);
  return der(tags.integer, (short[0] ?? 0) >= 0x80 ? [0, ...short] : short);
}

/** Web Crypto signs as r and s side by side, X.509 wants ECDSA-Sig-Value (RFC 3279 §2.2.3). */
function ecdsaSignature(raw: Uint8Array): Bytes {
  const half = raw.length / 2;
  return der(tags.sequence, unsigned(raw.subarray(0, half)), unsigned(raw.subarray(half)));
}

/** DER as one PEM block (RFC 7468). */
export function pemOf(label: string, bytes: Uint8Array): string {
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function requestInfo(deviceId: string, publicKey: Uint8Array): Bytes {
  const name = der(
    tags.sequence,
    der(
      tags.set,
      der(tags.sequence, commonName, der(tags.utf8, new TextEncoder().encode(deviceId))),
    ),
  );
  return der(tags.sequence, der(tags.integer, [0]), name, publicKey, der(tags.attributes));
}

/**
 * Makes a P-256 key and a request for a device.
 * @throws Error where the browser refuses to make keys
 */
export async function makeBrowserRequest(
  deviceId: string,
  subtle: SubtleCrypto,
): Promise<BrowserRequest> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
  const keys = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const publicKey = new Uint8Array(await subtle.exportKey("spki", keys.publicKey));
  const privateKey = new Uint8Array(await subtle.exportKey("pkcs8", keys.privateKey));
  const info = requestInfo(deviceId, publicKey);
  const raw = await subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, info);
  const signature = der(tags.bitString, [0], ecdsaSignature(new Uint8Array(raw)));
  const request = der(tags.sequence, info, der(tags.sequence, ecdsaWithSha256), signature);
  return {
    csrPem: pemOf("CERTIFICATE REQUEST", request),
    privateKeyPem: pemOf("PRIVATE KEY", privateKey),
  };
}
