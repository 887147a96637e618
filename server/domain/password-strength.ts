import { commonWords } from "#server/domain/common-words.ts";

/** NIST SP 800-63B-4: length and a blocklist, no composition rules. */
const passwordMinLength = 15;
export const passwordMaxLength = 256;

export type PasswordScore = 0 | 1 | 2 | 3 | 4;

export type PasswordAssessment = {
  readonly score: PasswordScore;
  /** Why it is refused; null when it may be used. */
  readonly problem: string | null;
};

/** What the interface calls a score. */
export const scoreNames: Readonly<Record<PasswordScore, string>> = {
  0: "Too easy to guess",
  1: "Weak",
  2: "Fair",
  3: "Good",
  4: "Strong",
};

/** Bits below which a password is refused, whatever its length. */
const refusedBits = 30;
const scoreBits = [refusedBits, 45, 60, 80] as const;

const keyboardRows = [
  "qwertyuiop",
  "qwertzuiop",
  "asdfghjkl",
  "zxcvbnm",
  "yxcvbnm",
  "1qaz2wsx3edc",
];
const leet: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "l",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

/**
 * Judges a password as a guesser would: words of the blocklist, of the person and already seen
 * ones, runs, repeats and keyboard rows cost next to nothing, the rest by character.
 * @param personal e-mail, name, organisation: what a guesser tries first
 */
export function assessPassword(
  password: string,
  personal: readonly string[] = [],
): PasswordAssessment {
  const bits = guessBits(password, personal);
  const score = scoreBits.filter((limit) => bits >= limit).length as PasswordScore;
  return { score, problem: problemOf(password, bits) };
}

function problemOf(password: string, bits: number): string | null {
  const length = Array.from(password).length;
  if (length < passwordMinLength) {
    return `Use at least ${passwordMinLength} characters (now ${length}). A few unrelated words do well.`;
  }
  if (length > passwordMaxLength) return `Use at most ${passwordMaxLength} characters.`;
  if (bits < refusedBits) {
    return "This is among the first that a guesser tries. Use a few unrelated words.";
  }
  return null;
}

function guessBits(password: string, personal: readonly string[]): number {
  const lower = password.slice(0, passwordMaxLength).toLowerCase();
  const plain = Array.from(lower, (character) => leet[character] ?? character).join("");
  const own = personal.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u));
  const words = [...commonWords, ...own.filter((word) => word.length >= 3)];
  const seen = new Set<string>();
  let bits = 0;
  let at = 0;
  while (at < lower.length) {
    const run = Math.max(repeatAt(lower, at), sequenceAt(lower, at), keyboardAt(lower, at));
    const word = longestWordAt(words, lower, plain, at);
    if (word.length >= Math.max(3, run)) {
      bits += seen.has(word) ? 1 : 8;
      seen.add(word);
      at += word.length;
    } else if (run >= 3) {
      bits += 6;
      at += run;
    } else {
      bits += characterBits(password.charAt(at));
      at += 1;
    }
  }
  return Math.min(bits, blockBits(lower));
}

function characterBits(character: string): number {
  if (/[a-z0-9]/.test(character)) return 3;
  if (/[A-Z]/.test(character)) return 3.5;
  return 4.5;
}

/** A whole that is one block again and again ("xkqzxkqzxkqz") is worth the block. */
function blockBits(text: string): number {
  for (let size = 1; size <= text.length / 2; size += 1) {
    if (
      text ===
      text
        .slice(0, size)
        .repeat(Math.ceil(text.length / size))
        .slice(0, text.length)
    ) {
      return size * 4.5 + 4;
    }
  }
  return Number.POSITIVE_INFINITY;
}

function longestWordAt(words: readonly string[], lower: string, plain: string, at: number): string {
  let longest = "";
  for (const word of words) {
    if (word.length <= longest.length) continue;
    if (lower.startsWith(word, at) || plain.startsWith(word, at)) longest = word;
  }
  return longest;
}

function repeatAt(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] === text[at]) end += 1;
  return end - at;
}

function sequenceAt(text: string, at: number): number {
  const step = text.charCodeAt(at + 1) - text.charCodeAt(at);
  if (step !== 1 && step !== -1) return 1;
  let end = at + 2;
  while (end < text.length && text.charCodeAt(end) - text.charCodeAt(end - 1) === step) end += 1;
  return end - at;
}

function keyboardAt(text: string, at: number): number {
  for (let length = Math.min(12, text.length - at); length >= 4; length -= 1) {
    const part = text.slice(at, at + length);
    const back = Array.from(part).toReversed().join("");
    if (keyboardRows.some((row) => row.includes(part) || row.includes(back))) return length;
  }
  return 1;
}
