import { encode } from "cbor-x";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxJsonDepth, maxJsonKeys } from "#server/pipeline/scan-json.ts";
import { decodeCbor } from "#server/schema/decode-cbor.ts";

const keyed = (keys: number): string =>
  encode(Object.fromEntries(Array.from({ length: keys }, (_, index) => [`k${index}`, 1]))).toString(
    "hex",
  );
const hexOf = (text: string): string => Buffer.from(text).toString("hex");

describe("decodeCbor", () => {
  it.each([
    ["a map", "a1616101", { a: 1 }],
    ["a map that says that it is CBOR", "d9d9f7a1616101", { a: 1 }],
    ["maps and lists without a length", "bf61619f01f5ffff", { a: [1, true] }],
    ["floats of 16, 32 and 64 bits", "83f93c00fa3fc00000fb3ff199999999999a", [1, 1.5, 1.1]],
    [
      "the largest exact whole numbers",
      "821b001fffffffffffff3b001ffffffffffffe",
      [2 ** 53 - 1, -(2 ** 53) + 1],
    ],
    ["a small number in eight bytes", "1b0000000000000005", 5],
    ["null and undefined as null", "82f6f7", [null, null]],
    [
      "a time as text, in epoch milliseconds",
      "c074323031332d30332d32315432303a30343a30305a",
      1363896240000,
    ],
    ["a time in seconds, in epoch milliseconds", "c1fb41d452d9ec200000", 1363896240500],
    [
      "the constructor's name as a name like others",
      `a16b${hexOf("constructor")}01`,
      { constructor: 1 },
    ],
    ["the deepest nesting", "81".repeat(maxJsonDepth - 1) + "80", expect.any(Array)],
    ["as many keys as allowed", keyed(maxJsonKeys), expect.any(Object)],
  ])("takes %s", (_, hex, expected) => {
    expect(decodeCbor(Buffer.from(hex, "hex"))).toEqual({ ok: true, value: expected });
  });

  it.each([
    ["nothing", "", "empty"],
    ["JSON", hexOf('{"a":1}'), "not-cbor"],
    ["an item and more", "0000", "not-cbor"],
    ["an end too early", "a16161", "not-cbor"],
    ["an end in a number", "a161611a00", "not-cbor"],
    ["an end in text", "a1616163c3", "not-cbor"],
    ["a length that CBOR does not have", "1c", "not-cbor"],
    ["a break without a beginning", "ff", "not-cbor"],
    ["a break for a value", "bf6161ff", "not-cbor"],
    ["a whole number without a length", "1f", "not-cbor"],
    ["invalid UTF-8 in a value", "a1616162c328", "not-cbor"],
    ["a surrogate in UTF-8", "a1616163eda080", "not-cbor"],
    ["invalid UTF-8 in a key", "a161ff01", "not-cbor"],
    ["a claim of 64 MB of text", "a161617a04000000", "not-cbor"],
    ["a claim of 2^64 bytes of text", "7bffffffffffffffff", "not-cbor"],
    ["a claim of 64 million items", "9a04000000", "not-cbor"],
    ["a claim of 2^64 items", "9bffffffffffffffff", "not-cbor"],
    ["a claim of 64 million members", "ba04000000", "not-cbor"],
    ["lists that each claim what is left", "9901ff".repeat(100), "not-cbor"],
    ["one level more", "81".repeat(maxJsonDepth) + "80", "too-deep"],
    ["ten thousand levels", "81".repeat(10_000), "too-deep"],
    ["ten thousand maps in maps", "a16161".repeat(10_000), "too-deep"],
    ["ten thousand levels without a length", "9f".repeat(10_000), "too-deep"],
    ["one key more", keyed(maxJsonKeys + 1), "too-many-keys"],
    ["two million and one keys", `ba001e8481${"6000".repeat(2_000_001)}`, "too-many-keys"],
    ["endless keys", `bf${"616101".repeat(3_000)}`, "too-many-keys"],
    ["a key twice", "a2616101616102", "duplicate-key"],
    ["a key twice in a list", "81bf616101616102ff", "duplicate-key"],
    ["NaN", "a16161f97e00", "unsupported-value"],
    ["NaN of 32 bits", "a16161fa7fc00000", "unsupported-value"],
    ["NaN of 64 bits with a payload", "a16161fb7ff0000000000001", "unsupported-value"],
    ["infinity", "a16161f97c00", "unsupported-value"],
    ["negative infinity", "a16161fbfff0000000000000", "unsupported-value"],
    ["2^53", "1b0020000000000000", "unsupported-value"],
    ["2^63", "1b8000000000000000", "unsupported-value"],
    ["-2^64", "3bffffffffffffffff", "unsupported-value"],
    ["a big number", "c249010000000000000000", "unsupported-value"],
    ["a decimal fraction", "c48221196ab3", "unsupported-value"],
    ["bytes", "a1616143010203", "unsupported-value"],
    ["text in pieces", "7f61616162ff", "unsupported-value"],
    ["a number as a key", "a10101", "unsupported-value"],
    ["a list as a key", "a1800101", "unsupported-value"],
    ["a map as a key", "a1a00101", "unsupported-value"],
    ["the prototype", `a169${hexOf("__proto__")}a0`, "unsupported-value"],
    ["a simple value without a meaning", "a16161f0", "unsupported-value"],
    ["a simple value in two bytes", "a16161f8ff", "unsupported-value"],
    ["the tag of shared structures", "d9dffe820080", "unsupported-value"],
    ["the tag of records", "d9dfff830080a0", "unsupported-value"],
    ["the tag of references", "d81c80", "unsupported-value"],
    ["the tag of generic objects", "d81b8163416161", "unsupported-value"],
    ["the tag of sets", "d9010280", "unsupported-value"],
    ["the tag of typed lists", "d84043010203", "unsupported-value"],
    ["the tag of regular expressions", "d82361613f", "unsupported-value"],
    ["a tag in a tag", "c1c100", "not-cbor"],
    ["a time that is a map", "c0a0", "not-cbor"],
    ["a time that is none", "c06161", "unsupported-value"],
    ["a time beyond all calendars", "c11b001fffffffffffff", "unsupported-value"],
  ])("refuses %s", (_, hex, reason) => {
    expect(decodeCbor(Buffer.from(hex, "hex"))).toMatchObject({ ok: false, reason });
  });

  it("names the field that it cannot take", () => {
    const result = decodeCbor(Buffer.from("a2616101627375f97e00", "hex"));
    expect(result).toMatchObject({ detail: expect.stringContaining('The field "su" is NaN') });
  });

  it("gives what JSON would have given", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const json: unknown = JSON.parse(JSON.stringify(value));
        const result = decodeCbor(encode(json));
        const got = result.ok ? JSON.stringify(result.value) : result.reason;
        expect(got).toBeOneOf([JSON.stringify(json), "unsupported-value"]);
      }),
      { numRuns: 1000 },
    );
  });

  it("takes any bytes without throwing, and leaves Object.prototype alone", () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc
        .tuple(fc.jsonValue(), fc.nat(), fc.integer({ min: 0, max: 255 }))
        .map(([value, place, byte]) => {
          const encoded = Buffer.from(encode(value));
          encoded[place % encoded.length] = byte;
          return encoded;
        }),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        const result = decodeCbor(Buffer.from(input));
        const said = result.ok ? `${JSON.stringify(result.value)}.` : result.detail;
        expect(said).toMatch(/\.$/);
      }),
      { numRuns: 3000 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });
});
