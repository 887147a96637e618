/** The first 64 of the 128 bits, as two signed 32-bit halves. */
export type Hash64 = { readonly hi: number; readonly lo: number };

const c1 = 0x239b961b;
const c2 = 0xab0e9789;
const c3 = 0x38b34ae5;
const c4 = 0xa1e38b93;

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

function finish(h: number): number {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

/**
 * MurmurHash3_x86_128, truncated. Not cryptographic, and it need not be: a device can only collide
 * with its own messages. SHA-256 costs fifteen times as much and would be a seventh of the whole path.
 */
export function murmur3(bytes: Uint8Array, seed: number): Hash64 {
  let h1 = seed;
  let h2 = seed;
  let h3 = seed;
  let h4 = seed;
  const whole = bytes.length & ~15;
  for (let at = 0; at < whole; at += 16) {
    h1 ^= Math.imul(rotate(Math.imul(wordAt(bytes, at), c1), 15), c2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(wordAt(bytes, at + 4), c2), 16), c3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(wordAt(bytes, at + 8), c3), 17), c4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(wordAt(bytes, at + 12), c4), 18), c1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  // Past the end wordAt reads zeros, and a zero word changes nothing: the tail needs no cases.
  h4 ^= Math.imul(rotate(Math.imul(wordAt(bytes, whole + 12), c4), 18), c1);
  h3 ^= Math.imul(rotate(Math.imul(wordAt(bytes, whole + 8), c3), 17), c4);
  h2 ^= Math.imul(rotate(Math.imul(wordAt(bytes, whole + 4), c2), 16), c3);
  h1 ^= Math.imul(rotate(Math.imul(wordAt(bytes, whole), c1), 15), c2);
  h1 ^= bytes.length;
  h2 ^= bytes.length;
  h3 ^= bytes.length;
  h4 ^= bytes.length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  return { hi: h1, lo: (h2 + h1) | 0 };
}
