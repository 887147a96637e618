import type { FuzzTarget } from "#e2e/chaos/fuzz/mqtt-target.ts";
import { readingsOf } from "#server/pipeline/readings.ts";
import type { Stage } from "#server/pipeline/stage.ts";
import { transform } from "#server/pipeline/transform.ts";
import { boundSchema } from "#server/testing/ingest-profile.ts";

/** What is to be fuzzed: a decoder, and what shows its bytes to people. */
export type FuzzedDecoder = {
  /** Sound payloads to start from. */
  readonly payloads: readonly Buffer[];
  /** @param variant 0 or 1, for decoders that come in two */
  readonly decode: (payload: Buffer, variant: number) => Stage<unknown>;
  /** Must give text for whatever bytes. */
  readonly describe?: (payload: Buffer, variant: number) => string;
};

const largestPayload = 262_144;
const longestMs = 200;
const longestText = 100_000;
const schema = boundSchema({ open: true });

/** @throws Error for anything that JSON does not have */
function checkPlain(value: unknown, depth: number): void {
  if (depth > 40) throw new Error("The value is nested deeper than the decoder may let through.");
  if (value === null || typeof value === "boolean" || typeof value === "string") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    for (const item of value) checkPlain(item, depth + 1);
    return;
  }
  const isPlain = typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) throw new Error(`The value has what JSON does not have: ${typeof value}.`);
  for (const inner of Object.values(Object(value))) checkPlain(inner, depth + 1);
}

function checkStage(result: Stage<unknown>): void {
  if (!result.ok) {
    const isTyped = /^[a-z-]+$/.test(result.reason) && /[.?]$/.test(result.detail);
    if (!isTyped) throw new Error(`The refusal is not one in words: ${result.detail}`);
    return;
  }
  checkPlain(result.value, 0);
  const readings = readingsOf(result.value, {});
  if (!readings.ok) return;
  for (const { values } of readings.value) transform(values, schema);
}

/**
 * A decoder alone. The first byte of an input chooses the variant (bit 0), and whether the rest is
 * repeated up to the largest payload (bit 3): what is harmless once may be a bomb.
 */
export function decoderTarget({ payloads, decode, describe }: FuzzedDecoder): FuzzTarget {
  const prototype = Object.getOwnPropertyNames(Object.prototype).join();
  return {
    seeds: payloads.flatMap((payload) =>
      [0, 1, 8, 9].map((mode) => Buffer.concat([Buffer.from([mode]), payload])),
    ),
    isWatched: (url) =>
      ["/server/schema/", "/server/pipeline/", "/cbor-x/", "/protobuf/", "/protobufjs/"].some(
        (part) => url.includes(part),
      ),
    run: async (input) => {
      const mode = input[0] ?? 0;
      const bytes = input.subarray(1);
      const times = (mode & 8) === 0 || bytes.length === 0 ? 1 : largestPayload / bytes.length;
      const payload = Buffer.concat(Array.from({ length: Math.ceil(times) }, () => bytes));
      const startedAt = performance.now();
      const result = decode(payload.subarray(0, largestPayload), mode & 1);
      const decodedAt = performance.now();
      checkStage(result);
      const text = describe?.(payload, mode & 1) ?? "";
      if (text.length > longestText) throw new Error(`The text has ${text.length} characters.`);
      const took = Math.max(decodedAt - startedAt, performance.now() - decodedAt);
      if (took > longestMs) throw new Error(`One input took ${Math.round(took)} ms.`);
      // The event loop turns, so that its delay is measured.
      await new Promise((resolve) => setImmediate(resolve));
    },
    check: async () => {
      if (Object.getOwnPropertyNames(Object.prototype).join() !== prototype) {
        throw new Error("Object.prototype has changed.");
      }
    },
    stop: async () => {},
  };
}
