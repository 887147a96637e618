import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode } from "#server/pipeline/decode.ts";
import { maxJsonDepth, maxJsonKeys } from "#server/pipeline/scan-json.ts";

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
const keyed = (keys: number): string =>
  `{${Array.from({ length: keys }, (_, index) => `"k${index}":1`).join(",")}}`;

const outcomes = [
  "ok",
  "empty",
  "not-json",
  "too-deep",
  "too-many-keys",
  "duplicate-key",
  "unsupported-value",
];

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
    ["two million and one keys", keyed(2_000_001), "too-many-keys"],
    ["a key twice", '{"a":1,"b":2,"a":1}', "duplicate-key"],
    ["a key twice, escaped once", '{"a":1,"\\u0061":2}', "duplicate-key"],
    ["a key twice in an object of a list", '[{"a":{"b":1 , "b" : 2}}]', "duplicate-key"],
    ["the same key in two objects", '[{"a":1},{"a":{"a":1}}]', "ok"],
    ["the prototype twice", '{"__proto__":1,"__proto__":2}', "duplicate-key"],
    ["equal texts in a list", '["a","a"]', "ok"],
    ["a number beyond doubles", '{"a":{"b":1e999}}', "unsupported-value"],
    ["a number beyond doubles in a list", "[[-1e999]]", "unsupported-value"],
    ["a key twice and a number beyond doubles", '{"a":1e999,"a":1}', "duplicate-key"],
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

  it("names the key that comes twice, and the field of a number that is too large", () => {
    const twice = decode(Buffer.from('{"x":[{"k\\u00e9y":1,"a":"\\"b\\":","kéy":2}]}'));
    const large = decode(Buffer.from('{"x":1,"list":[1,[2,1e999]]}'));
    expect(twice).toMatchObject({ detail: expect.stringContaining('the key "kéy" twice') });
    expect(large).toMatchObject({ detail: expect.stringContaining('in "list" is too large') });
  });

  it("keeps whole numbers beyond 2^53 as the nearest double, as JSON has them", () => {
    const text = '{"a":9007199254740993,"b":9223372036854775808,"c":-9223372036854775809}';
    expect(decode(Buffer.from(text))).toEqual({
      ok: true,
      value: { a: 9007199254740992, b: 2 ** 63, c: -(2 ** 63) },
    });
  });

  it("makes an own member of the prototype's name, never a prototype", () => {
    const result = decode(Buffer.from('{"a":{"__proto__":{"polluted":1}}}'));
    const inner = result.ok ? Reflect.get(Object(result.value), "a") : undefined;
    expect(Object.getPrototypeOf(inner)).toBe(Object.prototype);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("finds every key that comes twice, wherever it is", () => {
    const keys = fc.array(fc.constantFrom("a", "b", "__proto__", "é", '"'), { maxLength: 4 });
    const text = fc.letrec<{ any: string }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom("1", '"a:{"', "null"),
        fc.array(tie("any"), { maxLength: 3 }).map((items) => `[${items.join()}]`),
        keys.chain((names) =>
          fc
            .array(tie("any"), { minLength: names.length, maxLength: names.length })
            .map(
              (values) => `{${names.map((n, i) => `${JSON.stringify(n)}:${values[i]}`).join()}}`,
            ),
        ),
      ),
    })).any;
    const objects = /\{[^{}]*\}/;
    const hasTwice = (json: string): boolean => {
      let rest = json.replaceAll('"a:{"', "1");
      for (let at = objects.exec(rest); at !== null; at = objects.exec(rest)) {
        const found = [...at[0].matchAll(/("(?:\\"|[^"])+"):/g)].map(([, key]) => key);
        if (new Set(found).size < found.length) return true;
        rest = rest.replace(at[0], () => "1");
      }
      return false;
    };
    fc.assert(
      fc.property(text, (json) => {
        const result = decode(Buffer.from(json));
        expect(result.ok ? "ok" : result.reason).toBe(hasTwice(json) ? "duplicate-key" : "ok");
      }),
      { numRuns: 1000 },
    );
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
        expect(result.ok ? "ok" : result.reason).toBeOneOf(outcomes);
        expect(result.ok ? result.value : undefined).toEqual(
          result.ok ? JSON.parse(bytes.toString("utf8")) : undefined,
        );
      }),
      { numRuns: 2000 },
    );
  });
});
