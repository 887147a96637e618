import { createHash } from "node:crypto";

/** SHA-256 of a code without its hyphens: 160 random bits need nothing slower. */
export function codeHash(plain: string): Buffer {
  return createHash("sha256").update(`device-transfer:${plain}`).digest();
}
