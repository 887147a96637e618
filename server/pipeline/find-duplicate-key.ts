import { skipString } from "#server/pipeline/scan-json.ts";

const quote = 0x22;
const colon = 0x3a;
const space = 0x20;

/**
 * The first key that an object of this JSON text has twice, however it is escaped. Only for text
 * that was parsed and whose nesting was measured; undefined when there is none.
 */
export function findDuplicateKey(bytes: Buffer): string | undefined {
  const objects: Set<string>[] = [];
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === quote) {
      const end = skipString(bytes, at);
      if (bytes[skipSpace(bytes, end)] === colon) {
        const key: unknown = JSON.parse(bytes.toString("utf8", at, end));
        const keys = objects.at(-1);
        if (typeof key === "string" && keys?.has(key) === true) return key;
        keys?.add(String(key));
      }
      at = end;
      continue;
    }
    if (byte === 0x7b || byte === 0x5b) objects.push(new Set());
    else if (byte === 0x7d || byte === 0x5d) objects.pop();
    at += 1;
  }
  return undefined;
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && (bytes[at] ?? 0) <= space) at += 1;
  return at;
}
