import { describe, expect, it } from "vitest";
import { lineDifference, shortened } from "#components/schema/line-difference.ts";

const signs = { same: " ", added: "+", removed: "-" } as const;
const lines = (text: string) => text.replaceAll(" ", "\n");

describe("what became of the lines", () => {
  it.each([
    ["a b c", "a b c", " a  b  c"],
    ["a b c", "a c", " a -b  c"],
    ["a c", "a b c", " a +b  c"],
    ["a b c", "a x c", " a -b +x  c"],
    ["a", "b", "-a +b"],
    ["a b c d", "b c d e", "-a  b  c  d +e"],
    ["x a b", "x a y a b", " x  a +y +a  b"],
  ])("%s → %s", (before, after, expected) => {
    const found = lineDifference(lines(before), lines(after));

    expect(found.map(({ kind, text }) => signs[kind] + text).join(" ")).toBe(expected);
  });

  it("two long texts that have nothing in common are taken out and put in", () => {
    const before = Array.from({ length: 2_500 }, (_, index) => `a${index}`).join("\n");
    const found = lineDifference(before, before.replaceAll("a", "b"));

    expect(found.slice(2_499, 2_501).map(({ kind }) => kind)).toEqual(["removed", "added"]);
  });
});

it("stretches that stay the same are left out", () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index}`).join("\n");

  const parts = shortened(lineDifference(before, before.replace("line 10", "line ten")));

  expect(parts.map((part) => (part.kind === "skipped" ? part.count : part.text))).toEqual([
    7,
    "line 7",
    "line 8",
    "line 9",
    "line 10",
    "line ten",
    "line 11",
    "line 12",
    "line 13",
    6,
  ]);
});
