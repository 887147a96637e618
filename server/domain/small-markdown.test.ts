import { describe, expect, it } from "vitest";
import { readMarkdown, readWords } from "#server/domain/small-markdown.ts";

describe("a little Markdown", () => {
  it("knows headings, paragraphs, lists, code and rules", () => {
    const text = "# Hall\n\nOne\ntwo\n\n- a\n- b\n\n1. c\n\n```\n# no\n```\n---";

    expect(readMarkdown(text).map(({ kind }) => kind)).toEqual([
      "heading",
      "paragraph",
      "list",
      "list",
      "code",
      "rule",
    ]);
  });

  it.each([
    ["`x`", [{ kind: "code", text: "x" }]],
    ["**x**", [{ kind: "strong", text: "x" }]],
    ["*x*", [{ kind: "emphasis", text: "x" }]],
    ["[x](/devices)", [{ kind: "link", text: "x", href: "/devices" }]],
    ["[x](https://a.example/b)", [{ kind: "link", text: "x", href: "https://a.example/b" }]],
    ["2 * 3 * 4", [{ kind: "text", text: "2 * 3 * 4" }]],
  ])("reads %s", (text, words) => {
    expect(readWords(text)).toEqual(words);
  });

  it.each([
    "[x](javascript:alert(1))",
    "[x](data:text/html,hi)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
  ])("makes no link and no element of %s", (text) => {
    expect(readWords(text).every(({ kind }) => kind === "text")).toBe(true);
  });

  it("ends with whatever it is given", () => {
    expect(readMarkdown("```\nopen")).toEqual([{ kind: "code", text: "open" }]);
    expect(readMarkdown(" \n\n")).toEqual([]);
    expect(readMarkdown("*".repeat(5_000))).toHaveLength(1);
  });
});
