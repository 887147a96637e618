import { encode } from "cbor-x";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cborDiagnostic, maxDiagnosticCharacters } from "#server/schema/cbor-diagnostic.ts";

describe("cborDiagnostic", () => {
  // Examples of RFC 8949, appendix A.
  it.each([
    ["00", "0"],
    ["1bffffffffffffffff", "18446744073709551615"],
    ["3bffffffffffffffff", "-18446744073709551616"],
    ["f98000", "-0.0"],
    ["f93c00", "1.0"],
    ["fb3ff199999999999a", "1.1"],
    ["f90001", "5.960464477539063e-8"],
    ["fa7f7fffff", "3.4028234663852886e+38"],
    ["f97c00", "Infinity"],
    ["f97e00", "NaN"],
    ["f9fc00", "-Infinity"],
    ["f4", "false"],
    ["f7", "undefined"],
    ["f0", "simple(16)"],
    ["f8ff", "simple(255)"],
    ["c11a514b67b0", "1(1363896240)"],
    ["d818456449455446", "24(h'6449455446')"],
    ["62225c", String.raw`"\"\\"`],
    ["62c3bc", '"ü"'],
    ["8301820203820405", "[1, [2, 3], [4, 5]]"],
    ["a26161016162820203", '{"a": 1, "b": [2, 3]}'],
    ["5f42010243030405ff", "(_ h'0102', h'030405')"],
    ["9f018202039f0405ffff", "[_ 1, [2, 3], [_ 4, 5]]"],
    ["bf61610161629f0203ffff", '{_ "a": 1, "b": [_ 2, 3]}'],
  ])("%s is %s", (hex, expected) => {
    expect(cborDiagnostic(Buffer.from(hex, "hex"))).toBe(expected);
  });

  it.each([
    ["nothing", "", "it ends too early"],
    ["a list that ends too early", "8301", "[1,"],
    ["a length that CBOR does not have", "1c", "the length has a form"],
    ["bytes behind the item", "0001", "0 … <at byte 1: 1 more bytes after the item>"],
    ["a break without a beginning", "ff", "an end that nothing began"],
    ["a piece of another kind", "5f6161ff", "a piece of another kind"],
    ["deep nesting", "81".repeat(10_000), "more than 64 levels"],
    ["a claim of 64 MB", "5a04000000", "it ends too early"],
  ])("says where %s breaks", (_, hex, expected) => {
    expect(cborDiagnostic(Buffer.from(hex, "hex"))).toContain(expected);
  });

  it("ends long dumps, and never throws", () => {
    const long = cborDiagnostic(encode({ text: "x".repeat(200_000) }));
    expect(long.length).toBeLessThan(maxDiagnosticCharacters + 100);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(cborDiagnostic(Buffer.from(bytes))).toEqual(expect.any(String));
      }),
      { numRuns: 2000 },
    );
  });
});
