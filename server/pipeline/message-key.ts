import { randomInt } from "node:crypto";
import { murmur3, type Hash64 } from "#server/pipeline/murmur3.ts";
import type { RawReading } from "#server/pipeline/readings.ts";

/** Seeds that keep an id, a sequence number and a payload with the same bytes apart. */
const seeds = { id: 0x69, seq: 0x73, payload: 0x70, reading: 0x72, document: 0x64 } as const;

let next = randomInt(2 ** 47);

/**
 * The key under which a retransmission is recognised: the device's id, else its sequence number,
 * else what it sent, when a time came with it.
 * @returns undefined for a reading that came with none of the three: nothing tells a
 * retransmission from the same value measured again, so it must count as new
 */
export function messageKey(
  reading: RawReading,
  payload: Buffer,
  isWholePayload: boolean,
): Hash64 | undefined {
  if (reading.id !== undefined) return murmur3(Buffer.from(reading.id), seeds.id);
  if (reading.seq !== undefined) return murmur3(Buffer.from(reading.seq), seeds.seq);
  if (reading.ts === undefined) return undefined;
  if (!isWholePayload) {
    // A device that regroups its backlog sends the same reading in another array.
    return murmur3(Buffer.from(JSON.stringify([reading.ts, reading.values])), seeds.reading);
  }
  return murmur3(payload, seeds.payload);
}

/**
 * The key of a message that is kept as it came. Its channel is part of it: an event and a state may
 * bear the same number.
 * @returns undefined for a message without id and seq, which must count as new
 */
export function documentKey(
  channel: string,
  { id, seq }: Pick<RawReading, "id" | "seq">,
): Hash64 | undefined {
  if (id === undefined && seq === undefined) return undefined;
  return murmur3(Buffer.from(JSON.stringify([channel, id ?? null, seq ?? null])), seeds.document);
}

/** A key as it is stored: PostgreSQL's bigint. */
function stored({ hi, lo }: Hash64): bigint {
  return (BigInt(hi) << 32n) | BigInt(lo >>> 0);
}

/** The stored key of a reading that came with this id. */
export function keyOfId(id: string): bigint {
  return stored(murmur3(Buffer.from(id), seeds.id));
}

/** The stored key of a reading that came with this sequence number and no id. */
export function keyOfSeq(seq: string): bigint {
  return stored(murmur3(Buffer.from(seq), seeds.seq));
}

/** The stored key of a state, description, event or log; undefined without id and seq. */
export function keyOfDocument(
  channel: string,
  named: Pick<RawReading, "id" | "seq">,
): bigint | undefined {
  const key = documentKey(channel, named);
  return key === undefined ? undefined : stored(key);
}

/** A key that no other reading of this installation has, but for a chance of one in 2^47. */
export function uniqueKey(): Hash64 {
  next = (next + 1) % 2 ** 48;
  return { hi: Math.floor(next / 2 ** 32) | 0, lo: next | 0 };
}
