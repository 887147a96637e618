import { createHash } from "node:crypto";

/** What dead letters of one cause have in common. */
export type Cause = {
  readonly profileId: string;
  readonly reason: string;
  /** Empty where no schema was involved. */
  readonly schemaName: string;
  /** JSON pointer with array positions as *. */
  readonly path: string;
  /** Keyword of the schema that failed, or empty. */
  readonly kind: string;
};

/** Names a cause: the same on every worker and after every restart. 32 hexadecimal digits. */
export function fingerprintOf({ profileId, reason, schemaName, path, kind }: Cause): string {
  const text = [profileId, reason, schemaName, path, kind].join("\n");
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** @returns the pointer with numbers, which are positions in lists, as * */
export function generalPath(pointer: string): string {
  return pointer.replaceAll(/\/\d+(?=\/|$)/g, "/*");
}
