import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode } from "#server/pipeline/decode.ts";
import { maxJsonDepth, maxJsonKeys } from "#server/pipeline/scan-json.ts";

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
const keyed = (keys: number): string =>
  `{${Array.from({ length: keys }, (_, index) => `"k${index}":1`).join(",")}}`;

describe("decode", () => {
  it.each([
    ["an object", '{"a":1}', "ok"],
    ["an array", "[]", "ok"],
    ["a bare number", "21.5", "ok"],
    ["nothing", "", "empty"],
    ["text that is no JSON", "hello", "not-json"],
    ["a number that JSON does not have", '{"a":NaN}', "not-json"],
    ["an end too early", '{"a":', "not-json"],
    ["a string without end", '{"a":"b', "not-json"],
    ["a byte order mark", "\u{feff}{}", "not-json"],
    ["the deepest nesting", nested(maxJsonDepth), "ok"],
    ["one level more", nested(maxJsonDepth + 1), "too-deep"],
    ["ten thousand levels", "[".repeat(10_000), "too-deep"],
    ["brackets inside a string", JSON.stringify({ a: "[".repeat(100) }), "ok"],
    ["brackets after an escaped quote", JSON.stringify({ a: `"${"[".repeat(100)}` }), "ok"],
    ["a backslash at the end of a string", JSON.stringify({ a: "\\", b: "[" }), "ok"],
    ["as many keys as allowed", keyed(maxJsonKeys), "ok"],
    ["one key more", keyed(maxJsonKeys + 1), "too-many-keys"],
  ])("%s", (_, text, expected) => {
    const result = decode(Buffer.from(text));
    expect(result.ok ? "ok" : result.reason).toBe(expected);
  });

  it.each([
    ["an overlong encoding", [0x22, 0xc0, 0xaf, 0x22]],
    ["a lone continuation byte", [0x22, 0x80, 0x22]],
    ["a surrogate in UTF-8", [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ])("refuses %s as invalid UTF-8", (_, bytes) => {
    expect(decode(Buffer.from(bytes))).toMatchObject({ ok: false, reason: "not-json" });
  });

  it("never quotes the payload in its explanation", () => {
    const result = decode(Buffer.from('{"password":hunter2}'));
    expect(result).toMatchObject({ ok: false, detail: expect.not.stringContaining("hunter2") });
  });

  it("agrees with JSON.parse on whatever it lets through, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.uint8Array()), (input) => {
        const bytes = typeof input === "string" ? Buffer.from(input) : Buffer.from(input);
        const result = decode(bytes);
        const known =
          result.ok || ["not-json", "too-deep", "too-many-keys", "empty"].includes(result.reason);
        expect(known).toBe(true);
        expect(result.ok ? result.value : undefined).toEqual(
          result.ok ? JSON.parse(bytes.toString("utf8")) : undefined,
        );
      }),
      { numRuns: 2000 },
    );
  });
});
