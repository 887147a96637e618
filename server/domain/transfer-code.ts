/** Crockford's alphabet: nothing in it is mistaken for something else when it is read aloud or typed. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const groupLength = 4;

/** Bytes of a code: 160 bits, which nobody guesses. */
export const transferCodeBytes = 20;
const codePattern = new RegExp(`^[${alphabet}]{${(transferCodeBytes * 8) / 5}}$`);

/** Random bytes as a code in groups of four. @param bytes {@link transferCodeBytes} of them */
export function transferCodeOf(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return (text.match(new RegExp(`.{1,${groupLength}}`, "g")) ?? []).join("-");
}

/**
 * A code as somebody typed it, without what does not matter: case, blanks, hyphens, and O, I and L
 * for the digits that they look like.
 * @returns undefined when it cannot be a code
 */
export function normaliseTransferCode(typed: string): string | undefined {
  const plain = typed
    .toUpperCase()
    .replace(/[\s-]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
  return codePattern.test(plain) ? plain : undefined;
}
