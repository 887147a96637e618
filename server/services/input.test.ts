import { describe, expect, test } from "vitest";
import { z } from "zod";
import { parseInput } from "#server/services/input.ts";

const schema = z.object({ name: z.string(), parts: z.array(z.string()).default([]) });

describe("input", () => {
  test.each([
    [{ name: "a\0b" }, "name"],
    [{ name: "a", parts: ["ok", "\ud800"] }, "parts.1"],
  ])("with a text that the database does not take is invalid: %j", (input, path) => {
    expect(() => parseInput(schema, input)).toThrow(
      expect.objectContaining({ code: "invalid", fields: [expect.objectContaining({ path })] }),
    );
  });

  test("of any other text is taken", () => {
    expect(parseInput(schema, { name: "\u{1f600}\n" })).toEqual({
      name: "\u{1f600}\n",
      parts: [],
    });
  });
});
