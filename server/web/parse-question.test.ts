import { describe, expect, it } from "vitest";
import { parseQuestion } from "#server/web/parse-question.ts";

describe("parseQuestion", () => {
  it("gives what the JSON says", () => {
    expect(parseQuestion('{"pixels":10}')).toEqual({ pixels: 10 });
  });

  it.each([undefined, "", "{", "7", "null", '"text"', ["{}", "{}"]])("refuses %o", (text) => {
    expect(() => parseQuestion(text)).toThrow(
      expect.objectContaining({
        code: "invalid",
        fields: [expect.objectContaining({ path: "q" })],
      }),
    );
  });
});
