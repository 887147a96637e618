import { createHash, randomBytes } from "node:crypto";

/** A fresh 256-bit credential and what the database keeps of it. */
export type Secret = { readonly text: string; readonly hash: Uint8Array<ArrayBuffer> };

/**
 * SHA-256 of a credential that we made ourselves: 256 random bits need nothing slower.
 * Lower-case hex, as `withPresented` takes it.
 */
export function secretHashHex(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** The same as the database column holds it. */
export function secretHash(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(secretHashHex(text), "hex"));
}

function keep(text: string): Secret {
  return { text, hash: secretHash(text) };
}

/** Session id as the cookie carries it: 64 hex characters. */
export function newSessionSecret(): Secret {
  return keep(randomBytes(32).toString("hex"));
}

/** API token: `qs_` and 43 base64url characters. */
export function newApiToken(): Secret {
  return keep(`qs_${randomBytes(32).toString("base64url")}`);
}

/** One-time link of an invitation or of the set-up: 43 base64url characters. */
export function newLinkSecret(): Secret {
  return keep(randomBytes(32).toString("base64url"));
}

/** Password of a service client: `qsc_` and 43 base64url characters. */
export function newServicePassword(): Secret {
  return keep(`qsc_${randomBytes(32).toString("base64url")}`);
}

/** Secret by which devices enrol: `qse_` and 43 base64url characters. */
export function newEnrolmentSecret(): Secret {
  return keep(`qse_${randomBytes(32).toString("base64url")}`);
}
