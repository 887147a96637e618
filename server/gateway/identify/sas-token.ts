import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * A SAS token in Azure's form:
 * `SharedAccessSignature sr={resource}&sig={signature}&se={epoch seconds}[&skn={policy}]`.
 * The signature is HMAC-SHA256 under the device's key over `sr + "\n" + se`, both exactly as they
 * are on the wire: some SDKs percent-encode the resource, others do not.
 */
export type SasToken = {
  /** As on the wire. */
  readonly sr: string;
  /** As on the wire: what was signed, before it is a number. */
  readonly se: string;
  readonly signature: Buffer;
  /** The resource, decoded. */
  readonly resource: string;
  /** Last second in which the token counts. */
  readonly expiresAt: Date;
  /** Name of a shared policy (Azure's hub-wide keys), which devices here do not have; else empty. */
  readonly policy: string;
};

export type SasReading =
  | { readonly token: SasToken; readonly problem?: undefined }
  | { readonly problem: string; readonly token?: undefined };

const prefix = "SharedAccessSignature ";
/** Azure's own tokens have some 200 bytes. */
const maxTokenBytes = 4_096;
/** Year 9999: beyond it JavaScript has no words for a date. */
const maxExpirySeconds = 253_402_300_799;
const signatureBytes = 32;

/** Whether a password means to be a SAS token. */
export function looksLikeSas(password: Buffer): boolean {
  return password.subarray(0, prefix.length).toString("latin1") === prefix;
}

/** Reads a SAS token; the problem never repeats a part of it. */
export function readSasToken(password: Buffer): SasReading {
  if (password.length > maxTokenBytes) {
    return { problem: `is longer than ${maxTokenBytes} bytes` };
  }
  const fields = readFields(password.toString("utf8").slice(prefix.length));
  if (typeof fields === "string") return { problem: fields };
  return readToken(fields);
}

function readToken(fields: ReadonlyMap<string, string>): SasReading {
  const [sr = "", se = "", sig = "", skn = ""] = ["sr", "se", "sig", "skn"].map((name) =>
    fields.get(name),
  );
  if ([sr, se, sig].includes("")) return { problem: "lacks sr, sig or se" };
  const resource = decoded(sr);
  if (resource === undefined) return { problem: "has an sr with broken percent-encoding" };
  const signature = readSignature(sig);
  if (signature === undefined) {
    return { problem: "has a sig that is not the base64 of 32 bytes, percent-encoded" };
  }
  const expiresAt = readExpiry(se);
  if (expiresAt === undefined) {
    return { problem: "has an se that is no number of seconds since 1970" };
  }
  return { token: { sr, se, signature, resource, expiresAt, policy: decoded(skn) ?? "" } };
}

function readExpiry(se: string): Date | undefined {
  const seconds = /^\d{1,15}$/.test(se) ? Number(se) : Number.POSITIVE_INFINITY;
  return seconds > maxExpirySeconds ? undefined : new Date(seconds * 1_000);
}

/** `a=1&b=2`, in any order; what follows the first = belongs to the value. */
function readFields(text: string): ReadonlyMap<string, string> | string {
  const fields = new Map<string, string>();
  for (const part of text.trim().split("&")) {
    const at = part.indexOf("=");
    if (at < 1) return "is not of the form sr=…&sig=…&se=…";
    const name = part.slice(0, at);
    if (fields.has(name)) return "says something twice";
    fields.set(name, part.slice(at + 1));
  }
  return fields;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function readSignature(text: string): Buffer | undefined {
  const base64 = decoded(text) ?? "";
  if (!/^[A-Za-z0-9+/]{43}=$/.test(base64)) return undefined;
  const bytes = Buffer.from(base64, "base64");
  return bytes.length === signatureBytes ? bytes : undefined;
}

/** Whether the token was signed with the key; takes as long whatever differs. */
export function isSignedWith(token: SasToken, key: Buffer): boolean {
  const expected = createHmac("sha256", key).update(`${token.sr}\n${token.se}`).digest();
  return timingSafeEqual(expected, token.signature);
}

/** Whether a resource names the device: `{host}/devices/{id}`, `qs/v1/d/{id}` or the id alone. */
export function namesDevice(resource: string, deviceId: string): boolean {
  return (
    resource === deviceId ||
    resource === `qs/v1/d/${deviceId}` ||
    (resource.endsWith(`/devices/${deviceId}`) && resource.length > deviceId.length + 9)
  );
}
