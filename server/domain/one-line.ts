/**
 * A text that a device says of itself, as it can be kept and shown: one line of well-formed
 * characters, cut to a length.
 */
export function oneLine(text: string, most: number): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, "\u{fffd}")
    .trim()
    .slice(0, most)
    .toWellFormed();
}
