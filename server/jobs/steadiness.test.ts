import { expect, it } from "vitest";
import { createSteadiness } from "#server/jobs/steadiness.ts";

it("others are not called silent before they could be heard, nor after a gap", () => {
  const steadiness = createSteadiness({ gapMs: 5, patienceMs: 15 });
  const answerUntil = (from: number, to: number) => {
    for (let now = from; now <= to; now += 1) steadiness.answered(now);
  };
  expect(steadiness.isSteady(0)).toBe(false);
  answerUntil(0, 14);
  expect(steadiness.isSteady(14)).toBe(false);
  answerUntil(15, 20);
  expect(steadiness.isSteady(25)).toBe(true);
  expect(steadiness.isSteady(26)).toBe(false);
  answerUntil(30, 44);
  expect(steadiness.isSteady(44)).toBe(false);
  answerUntil(45, 45);
  expect(steadiness.isSteady(45)).toBe(true);
});
