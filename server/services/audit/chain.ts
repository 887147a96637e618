import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/** What a link of the chain says; everything but the payload, which enters by its salted digest. */
export type AuditHeader = {
  readonly tenant: string;
  readonly seq: string;
  readonly at: string;
  readonly actor: string;
  readonly actorType: string;
  readonly actionCode: string;
  readonly target: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly ip: string | null;
};

/** Hash before the first event of a tenant. */
export const genesis = Buffer.alloc(32);

/** JSON Canonicalization Scheme, RFC 8785. */
function jcs(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("An audit event can only hold JSON.");
  return text;
}

/** SHA-256(salt ‖ JCS(payload)): the payload can be erased later without breaking the chain. */
export function payloadDigest(salt: Uint8Array, payload: unknown): Buffer {
  return createHash("sha256").update(salt).update(jcs(payload)).digest();
}

/** SHA-256(0x00 ‖ previous hash ‖ JCS(header) ‖ payload digest). */
export function linkHash(prevHash: Uint8Array, header: AuditHeader, digest: Uint8Array): Buffer {
  return createHash("sha256")
    .update(Uint8Array.of(0))
    .update(prevHash)
    .update(jcs(header))
    .update(digest)
    .digest();
}
