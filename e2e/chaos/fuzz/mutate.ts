/** A source of numbers from 0 up to, not including, 1. */
export type Random = () => number;

/** Reproducible: the same seed gives the same numbers (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const longest = 4_096;
const interesting = [0x00, 0x01, 0x0f, 0x10, 0x7f, 0x80, 0xc0, 0xed, 0xff];

/** Places where MQTT frames begin, as far as their lengths lead. Pure. */
export function frameStarts(bytes: Buffer): readonly number[] {
  const starts: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    starts.push(at);
    let length = 0;
    let used = 1;
    for (; used <= 4; used += 1) {
      const byte = bytes[at + used];
      if (byte === undefined) return starts;
      length |= (byte & 0x7f) << (7 * (used - 1));
      if (byte < 0x80) break;
    }
    at += used + 1 + length;
  }
  return starts;
}

type Mutation = (bytes: Buffer, pick: (count: number) => number, other: Buffer) => Buffer;

const mutations: readonly Mutation[] = [
  (bytes, pick) => {
    const copy = Buffer.from(bytes);
    copy[pick(copy.length)] = pick(256);
    return copy;
  },
  (bytes, pick) => {
    const copy = Buffer.from(bytes);
    copy[pick(copy.length)] = interesting[pick(interesting.length)] ?? 0;
    return copy;
  },
  (bytes, pick) => {
    const copy = Buffer.from(bytes);
    const at = pick(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << pick(8));
    return copy;
  },
  (bytes, pick) => {
    const from = pick(bytes.length);
    const to = Math.min(bytes.length, from + 1 + pick(16));
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, pick) => {
    const at = pick(bytes.length + 1);
    const added = Buffer.from(Array.from({ length: 1 + pick(8) }, () => pick(256)));
    return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)]);
  },
  // A frame again, elsewhere.
  (bytes, pick) => {
    const starts = frameStarts(bytes);
    const index = pick(starts.length);
    const frame = bytes.subarray(starts[index] ?? 0, starts[index + 1] ?? bytes.length);
    const at = starts[pick(starts.length)] ?? bytes.length;
    return Buffer.concat([bytes.subarray(0, at), frame, bytes.subarray(at)]);
  },
  // A frame of another input.
  (bytes, pick, other) => {
    const theirs = frameStarts(other);
    const index = pick(theirs.length);
    const frame = other.subarray(theirs[index] ?? 0, theirs[index + 1] ?? other.length);
    const at = [...frameStarts(bytes), bytes.length][pick(frameStarts(bytes).length + 1)] ?? 0;
    return Buffer.concat([bytes.subarray(0, at), frame, bytes.subarray(at)]);
  },
  // Bytes put into a frame whose length is made to fit, so that the parser goes on.
  (bytes, pick) => {
    const starts = frameStarts(bytes);
    const index = pick(starts.length);
    const from = starts[index] ?? 0;
    const frame = bytes.subarray(from, starts[index + 1] ?? bytes.length);
    const length = frame[1] ?? 0x80;
    if (length >= 0x70 || frame.length !== length + 2) return bytes;
    const added = Buffer.from(Array.from({ length: 1 + pick(6) }, () => pick(256)));
    const at = 2 + pick(frame.length - 1);
    const grown = Buffer.concat([frame.subarray(0, at), added, frame.subarray(at)]);
    grown[1] = length + added.length;
    return Buffer.concat([bytes.subarray(0, from), grown, bytes.subarray(from + frame.length)]);
  },
];

/** One to four changes; the first byte, which says how the rest is delivered, is changed rarely. */
export function mutate(input: Buffer, other: Buffer, random: Random): Buffer {
  const pick = (count: number) => Math.floor(random() * Math.max(1, count));
  let mode = input[0] ?? 0;
  if (pick(20) === 0) mode = pick(256);
  let bytes = input.subarray(1);
  for (let left = 1 + pick(4); left > 0; left -= 1) {
    const change = mutations[pick(mutations.length)];
    if (bytes.length === 0) bytes = Buffer.from([pick(256), 0]);
    if (change !== undefined) bytes = change(bytes, pick, other.subarray(1));
  }
  return Buffer.concat([Buffer.from([mode]), bytes.subarray(0, longest)]);
}
