import { describe, expect, it } from "vitest";
import { askAgainSeconds, patienceEndsAt, waveBounds } from "#server/domain/campaign.ts";
import { campaignTarget, campaignWaves, keptWave } from "#server/domain/campaign-schema.ts";

describe("campaignWaves", () => {
  it.each([
    ["none", [], "at least one wave"],
    ["a last one that is not all", [{ percent: 50 }], "100 percent"],
    ["one that shrinks", [{ percent: 10 }, { percent: 5 }, { percent: 100 }], "larger"],
    ["a count that stays", [{ count: 5 }, { count: 5 }, { percent: 100 }], "larger"],
    ["two sizes", [{ percent: 100, count: 4 }], "percent or as a number"],
    ["no size", [{}, { percent: 100 }], "percent or as a number"],
    ["more than all", [{ percent: 101 }], "At most 100"],
    ["a threshold of nothing", [{ percent: 100, haltAtFailedPercent: 0 }], "More than 0"],
  ])("refuses %s", (_, waves, words) => {
    const result = campaignWaves.safeParse(waves);
    expect(result.error?.issues.map(({ message }) => message).join(" ")).toContain(words);
  });

  it("takes shares and counts beside each other, with what is usual", () => {
    expect(campaignWaves.parse([{ count: 3 }, { percent: 10 }, { percent: 100 }])[0]).toEqual({
      count: 3,
      haltAtFailedPercent: 10,
      minDonePercent: 80,
      soakMinutes: 30,
    });
    expect(keptWave.parse({ percent: 100 }).forgiven).toBe(0);
  });
});

it("a target says nothing that is not known", () => {
  expect(campaignTarget.safeParse({ issuer: "x" }).success).toBe(false);
  expect(campaignTarget.safeParse({}).success).toBe(true);
});

describe("waveBounds", () => {
  it.each([
    [[{ percent: 1 }, { percent: 10 }, { percent: 100 }], 1000, [10, 100, 1000]],
    [[{ percent: 1 }, { percent: 10 }, { percent: 100 }], 12, [1, 2, 12]],
    [[{ percent: 1 }, { percent: 10 }, { percent: 100 }], 1, [1, 1, 1]],
    [[{ count: 5 }, { percent: 10 }, { percent: 100 }], 20, [5, 5, 20]],
    [[{ count: 50 }, { percent: 100 }], 20, [20, 20]],
    [[{ percent: 100 }], 0, [0]],
  ])("%j of %i", (waves, total, bounds) => {
    expect(waveBounds(waves, total)).toEqual(bounds);
  });
});

it("the patience begins when the whole wave could be asked", () => {
  const startedAt = new Date("2026-03-01T00:00:00Z");
  const of = { startedAt, size: 601, perMinute: 60, patienceDays: 7 };
  expect(patienceEndsAt(of)).toEqual(new Date("2026-03-08T00:11:00Z"));
});

it.each([
  [1, false, 600],
  [2, false, 2_400],
  [9, false, 86_400],
  [0, true, 10],
  [1, true, 10],
  [3, true, 40],
  [60, true, 86_400],
])("after %i times (came back: %s) it is asked again in %i s", (asks, cameBack, seconds) => {
  expect(askAgainSeconds(asks, { cameBack })).toBe(seconds);
});
