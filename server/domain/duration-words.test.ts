import { expect, it } from "vitest";
import { durationWords } from "#server/domain/duration-words.ts";

it.each([
  [14_400, "4\u202fh"],
  [300, "5\u202fmin"],
  [90, "90\u202fs"],
  [86_400, "1\u202fd"],
  [5_400, "90\u202fmin"],
  [0, "0\u202fs"],
])("%d seconds are %s", (seconds, words) => {
  expect(durationWords(seconds)).toBe(words);
});
