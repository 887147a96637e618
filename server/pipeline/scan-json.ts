export const maxJsonDepth = 32;
export const maxJsonKeys = 2000;

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Position after the string that starts at `start`; the end of the bytes when it does not end. */
export function skipString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at + 1;
}

/**
 * Measures nesting and keys in one pass, before the parser may allocate anything. It does not check
 * the grammar: text that is no JSON may pass here and fails in the parser.
 * @returns the number of keys: colons outside of strings
 */
export function scanJson(bytes: Uint8Array): number | "too-deep" | "too-many-keys" {
  let depth = 0;
  let keys = 0;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === quote) {
      at = skipString(bytes, at);
      continue;
    }
    at += 1;
    if (byte === colon) {
      keys += 1;
      if (keys > maxJsonKeys) return "too-many-keys";
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1;
      if (depth > maxJsonDepth) return "too-deep";
    } else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
    }
  }
  return keys;
}
