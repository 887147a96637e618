import { describe, expect, it } from "vitest";
import { checkSet } from "#e2e/chaos/check-set.ts";

const clean = { lost: [], duplicated: [], unexpected: [] };

describe("the set checker", () => {
  it.each([
    {
      name: "everything acknowledged is stored once",
      attempted: ["a", "b"],
      acknowledged: ["a", "b"],
      stored: ["b", "a"],
      verdict: clean,
    },
    {
      name: "an acknowledged message that is not stored is lost",
      attempted: ["a", "b"],
      acknowledged: ["a", "b"],
      stored: ["a"],
      verdict: { ...clean, lost: ["b"] },
    },
    {
      name: "what was never acknowledged may be stored or not",
      attempted: ["a", "b"],
      acknowledged: [],
      stored: ["a"],
      verdict: clean,
    },
    {
      name: "a message stored twice is a duplicate, also when it was never acknowledged",
      attempted: ["a", "b"],
      acknowledged: ["a"],
      stored: ["a", "a", "b", "b", "b"],
      verdict: { ...clean, duplicated: ["a", "b"] },
    },
    {
      name: "a row that nobody sent is unexpected",
      attempted: ["a"],
      acknowledged: ["a"],
      stored: ["a", "z"],
      verdict: { ...clean, unexpected: ["z"] },
    },
    {
      name: "nothing happened",
      attempted: [],
      acknowledged: [],
      stored: [],
      verdict: clean,
    },
  ])("$name", ({ attempted, acknowledged, stored, verdict }) => {
    expect(
      checkSet({ attempted: new Set(attempted), acknowledged: new Set(acknowledged), stored }),
    ).toEqual(verdict);
  });
});
