import { expect, it } from "vitest";
import { matchesPattern } from "#server/domain/match-pattern.ts";

it.each([
  ["pump-1", "pump-1", true],
  ["pump-1", "PUMP-1", true],
  ["pump-1", "pump-12", false],
  ["pump-*", "pump-", true],
  ["pump-*", "pump-12", true],
  ["pump-*", "a pump-12", false],
  ["*-12", "pump-12", true],
  ["*-12", "pump-123", false],
  ["p*-*2", "pump-12", true],
  ["p*-*2", "pump12", false],
  ["*", "", true],
  ["a*a", "a", false],
  ["a*a", "aa", true],
  ["a.c", "abc", false],
  ["(x)+$", "(x)+$", true],
  ["**", "anything", true],
  ["*ab*ab*", "ab", false],
  ["*ab*ab*", "abab", true],
])("%s and %s: %s", (pattern, text, expected) => {
  expect(matchesPattern(pattern, text)).toBe(expected);
});

it("takes no time to speak of, whatever the pattern", () => {
  const started = performance.now();
  matchesPattern(`${"*a".repeat(60)}b`, "a".repeat(10_000));
  expect(performance.now() - started).toBeLessThan(200);
});
