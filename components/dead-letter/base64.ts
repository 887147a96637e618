/** The UTF-8 bytes of a text in Base64. */
export function base64OfText(text: string): string {
  const bytes = new TextEncoder().encode(text);
  // In pieces: a call takes only so many arguments.
  const signs: string[] = [];
  for (let at = 0; at < bytes.length; at += 8_192) {
    signs.push(String.fromCharCode(...bytes.subarray(at, at + 8_192)));
  }
  return btoa(signs.join(""));
}
