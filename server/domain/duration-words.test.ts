import { expect, it } from "vitest";
import { durationWords } from "#server/domain/duration-words.ts";

it.each([
  [14_400, "4\u00a0h"],
  [300, "5\u00a0min"],
  [90, "90\u00a0s"],
  [86_400, "1\u00a0d"],
  [5_400, "90\u00a0min"],
  [0, "0\u00a0s"],
])("%d seconds are %s", (seconds, words) => {
  expect(durationWords(seconds)).toBe(words);
});
