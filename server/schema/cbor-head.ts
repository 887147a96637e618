/** Major types of CBOR (RFC 8949 §3.1). */
export const cborMajor = {
  unsigned: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  tag: 6,
  simple: 7,
} as const;

/** Additional information of the head that has no length, and of the break that ends such an item. */
export const indefinite = 31;

/** The head of a data item; one is filled again and again, so that scanning allocates nothing. */
export type CborHead = {
  major: number;
  /** The five lower bits of the first byte. */
  info: number;
  /** Upper and lower half of the argument; of floats their bits. */
  high: number;
  low: number;
  /** Position after the head. */
  next: number;
};

export function emptyHead(): CborHead {
  return { major: 0, info: 0, high: 0, low: 0, next: 0 };
}

/**
 * Fills `head` from the item that starts at `at`.
 * @returns what is wrong, in words that follow "at byte …: "; undefined when nothing is
 */
export function readHead(bytes: Buffer, at: number, head: CborHead): string | undefined {
  const first = bytes[at];
  if (first === undefined) return "it ends too early";
  const info = first & 0x1f;
  head.major = first >> 5;
  head.info = info;
  head.high = 0;
  head.low = info;
  head.next = at + 1;
  if (info < 24 || info === indefinite) return undefined;
  if (info > 27) return "the length has a form that CBOR does not have";
  const size = 1 << (info - 24);
  if (at + 1 + size > bytes.length) return "it ends too early";
  head.next = at + 1 + size;
  if (info === 24) head.low = bytes.readUInt8(at + 1);
  else if (info === 25) head.low = bytes.readUInt16BE(at + 1);
  else if (info === 26) head.low = bytes.readUInt32BE(at + 1);
  else {
    head.high = bytes.readUInt32BE(at + 1);
    head.low = bytes.readUInt32BE(at + 5);
  }
  return undefined;
}

/** The argument; not exact from 2^53 on. */
export function argumentOf(head: CborHead): number {
  return head.high * 2 ** 32 + head.low;
}

/** Whether the argument has no exact double for sure: 2^53 and more. */
export function isBeyondDoubles(head: CborHead): boolean {
  return head.high > 0x1f_ffff;
}

/** Whether a float of this head is NaN or infinite: all bits of its exponent are set. */
export function isNotFinite({ info, high, low }: CborHead): boolean {
  if (info === 25) return (low & 0x7c00) === 0x7c00;
  if (info === 26) return (low & 0x7f80_0000) === 0x7f80_0000;
  return info === 27 && (high & 0x7ff0_0000) === 0x7ff0_0000;
}
