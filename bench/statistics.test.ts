import { describe, expect, it } from "vitest";
import { median, medianRatio, percentile, rounded } from "#bench/statistics.ts";

describe("median", () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
  ])("of %j is %d", (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe("percentile", () => {
  it.each([
    [0, 0],
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ])("%d of 0…100 is %d", (share, expected) => {
    expect(
      percentile(
        Array.from({ length: 101 }, (_, n) => n),
        share,
      ),
    ).toBe(expected);
  });
});

it("a machine that halves its speed between rounds does not change the ratio", () => {
  expect(medianRatio([100, 50, 25], [200, 100, 50])).toBe(0.5);
});

it("figures keep three significant digits", () => {
  expect([rounded(76_432), rounded(0.123456)]).toEqual([76_400, 0.123]);
});
