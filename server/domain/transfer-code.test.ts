import { describe, expect, it } from "vitest";
import {
  normaliseTransferCode,
  transferCodeBytes,
  transferCodeOf,
} from "#server/domain/transfer-code.ts";

const bytes = Uint8Array.from({ length: transferCodeBytes }, (_, index) => index * 11);
const code = transferCodeOf(bytes);

describe("a transfer code", () => {
  it("has eight groups of four that can be read aloud", () => {
    expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/);
  });

  it("holds every bit", () => {
    const last = Uint8Array.from(bytes);
    last[19] = (last[19] ?? 0) ^ 1;
    expect(transferCodeOf(last)).not.toBe(code);
    expect(transferCodeOf(new Uint8Array(transferCodeBytes))).toBe("0000-".repeat(7) + "0000");
    expect(transferCodeOf(new Uint8Array(transferCodeBytes).fill(255))).toBe(
      "ZZZZ-".repeat(7) + "ZZZZ",
    );
  });

  it.each([
    [code, "as it is shown"],
    [code.toLowerCase(), "in lower case"],
    [code.replaceAll("-", " "), "with blanks"],
    [` ${code.replaceAll("-", "")} `, "in one piece"],
    [code.replaceAll("0", "O").replaceAll("1", "l"), "with letters that look like digits"],
  ])("is understood: %s, %s", (typed) => {
    expect(normaliseTransferCode(typed)).toBe(code.replaceAll("-", ""));
  });

  it.each([[""], ["0000"], [`${code}0`], [code.replace(/^./, "U")], [code.replace(/^./, "ß")]])(
    "%s is none",
    (typed) => {
      expect(normaliseTransferCode(typed)).toBeUndefined();
    },
  );
});
