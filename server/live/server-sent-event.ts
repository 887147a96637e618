const encoder = new TextEncoder();

/** One server-sent event with JSON that has no line breaks. */
export function eventOf(json: string): Uint8Array {
  return encoder.encode(`data: ${json}\n\n`);
}
