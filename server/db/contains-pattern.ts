/** Text as an ILIKE pattern that finds it anywhere; the text's own wildcards stand for themselves. */
export function containsPattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}
