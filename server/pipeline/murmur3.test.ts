import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { murmur3 } from "#server/pipeline/murmur3.ts";

const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, "0");

describe("murmur3", () => {
  // Made with mmh3 (MurmurHash3_x86_128).
  it.each([
    ["", 0, "0000000000000000"],
    ["a", 7, "4572ec74984fd670"],
    ["0123456789abcdef", 0, "fb7d440936aed30a"],
    ["The quick brown fox jumps over the lazy dog", 0, "2f1583c3ecee2c67"],
    ["I will not buy this record, it is scratched.", 0, "a0a9683b25ac5e40"],
  ])("hashes %j as the reference does", (text, seed, expected) => {
    const { hi, lo } = murmur3(Buffer.from(text), seed);
    expect(hex(hi) + hex(lo)).toBe(expected);
  });

  it("depends on every byte, the length and the seed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 70 }), fc.nat(), (bytes, at) => {
        const changed = Uint8Array.from(bytes);
        const index = at % bytes.length;
        changed[index] = (changed[index] ?? 0) ^ 1;
        const hash = murmur3(bytes, 7);
        expect(murmur3(changed, 7)).not.toEqual(hash);
        expect(murmur3(Uint8Array.from([...bytes, 0]), 7)).not.toEqual(hash);
        expect(murmur3(bytes, 8)).not.toEqual(hash);
      }),
    );
  });
});
