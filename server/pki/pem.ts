/** DER as one PEM block (RFC 7468), ending in a line feed. */
export function encodePem(label: string, der: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${base64Lines(der)}-----END ${label}-----\n`;
}

/** Base64 in lines of 64 characters, each ending in a line feed. */
export function base64Lines(bytes: Uint8Array): string {
  const lines = Buffer.from(bytes)
    .toString("base64")
    .match(/.{1,64}/g) ?? [""];
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * The DER of a text that is exactly one PEM block with one of the labels, however the lines are
 * broken; undefined for anything else.
 */
export function decodePem(
  text: string,
  labels: readonly string[],
): Uint8Array<ArrayBuffer> | undefined {
  const trimmed = text.trim();
  for (const label of labels) {
    const begin = `-----BEGIN ${label}-----`;
    const end = `-----END ${label}-----`;
    if (!trimmed.startsWith(begin) || !trimmed.endsWith(end)) continue;
    const base64 = trimmed.slice(begin.length, -end.length).replace(/\s+/g, "");
    if (base64 === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
    return new Uint8Array(Buffer.from(base64, "base64"));
  }
  return undefined;
}

/** The blocks of a bundle, each with its markers, in order. */
export function splitPemBundle(bundle: string): readonly string[] {
  return bundle
    .split(/(?<=-----END [A-Z0-9 ]{1,40}-----)/)
    .map((block) => block.trim())
    .filter((block) => block !== "")
    .map((block) => `${block}\n`);
}

/** The last certificate of a chain, the root. */
export function rootOf(chainPem: string): string {
  return splitPemBundle(chainPem).at(-1) ?? "";
}
