import { expect, it } from "vitest";
import { slopePerHour } from "#e2e/chaos/slope.ts";

it("is what memory grows in an hour", () => {
  const samples = Array.from({ length: 60 }, (_, minute) => ({
    atMs: minute * 60_000,
    value: 200 + minute / 10 + (minute % 2),
  }));

  expect(slopePerHour(samples)).toBeCloseTo(6, 0);
});

it("is nothing for a flat line or a single sample", () => {
  expect(slopePerHour([{ atMs: 5, value: 7 }])).toBe(0);
  expect(
    slopePerHour([
      { atMs: 0, value: 7 },
      { atMs: 10, value: 7 },
    ]),
  ).toBe(0);
});
