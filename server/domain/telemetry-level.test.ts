import { describe, expect, it } from "vitest";
import {
  chooseLevel,
  countReadingsUpTo,
  readingsForLine,
  type LevelQuestion,
} from "#server/domain/telemetry-level.ts";
import { maxPointsInAnswer } from "#server/domain/telemetry-query.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

type Asked = Partial<LevelQuestion> & { readonly rangeMs: number; readonly across?: boolean };

const asked = ({ across = false, ...more }: Asked) => {
  return { pixels: 1_000, devices: 1, metrics: 1, lines: more.devices ?? 1, across, ...more };
};

describe("chooseLevel", () => {
  it.each<[string, Asked, number, string, number]>([
    ["few readings", { rangeMs: hour }, 2, "raw", 0],
    ["an hour by the second", { rangeMs: hour }, 3_600, "raw", 5 * second],
    ["an hour at 10 Hz", { rangeMs: hour }, 36_000, "raw", 5 * second],
    ["an hour at 100 Hz", { rangeMs: hour }, 50_001, "minute", minute],
    ["six hours by the second", { rangeMs: 6 * hour }, 4_001, "minute", minute],
    ["a day by ten seconds", { rangeMs: day }, 2_001, "minute", 2 * minute],
    ["a day by the quarter of an hour", { rangeMs: day }, 96, "raw", 0],
    ["a week by ten seconds", { rangeMs: 7 * day }, 2_001, "hour", hour],
    ["a day of ten devices", { rangeMs: day, devices: 10 }, 20_010, "minute", 2 * minute],
    ["a week of ten devices", { rangeMs: 7 * day, devices: 10 }, 20_010, "hour", hour],
    ["ten days on a small card", { rangeMs: 10 * day, pixels: 120 }, 241, "hour", 3 * hour],
  ])("%s", (_, question, all, level, bucketMs) => {
    const counted = { most: Math.ceil(all / (question.devices ?? 1)), all };
    expect(chooseLevel(asked(question), counted)).toEqual({ level, bucketMs });
  });

  it.each<[string, Asked, string, number]>([
    ["a year", { rangeMs: 365 * day }, "hour", 12 * hour],
    ["a hundred years", { rangeMs: 36_525 * day }, "hour", 56 * day],
    [
      "three hundred years on ten pixels",
      { rangeMs: 109_500 * day, pixels: 10 },
      "hour",
      12_167 * day,
    ],
    ["a day of a fleet", { rangeMs: day, devices: 100_000, across: true, lines: 1 }, "hour", hour],
    [
      "an hour of a fleet",
      { rangeMs: hour, devices: 2_000, across: true, lines: 1 },
      "minute",
      minute,
    ],
    ["no device", { rangeMs: day, devices: 0, lines: 0 }, "minute", 2 * minute],
  ])("without counting: %s", (_, question, level, bucketMs) => {
    expect(countReadingsUpTo(asked(question))).toBe(0);
    expect(chooseLevel(asked(question), undefined)).toEqual({ level, bucketMs });
  });

  it.each<[string, Asked, number]>([
    ["as many as may be drawn", { rangeMs: day }, 2_000],
    ["as many as may be summed up", { rangeMs: hour }, 50_000],
    ["as many as all devices may have together", { rangeMs: hour, devices: 50 }, 1_200],
    ["fewer of a small card", { rangeMs: day, pixels: 60 }, 120],
  ])("counts %s", (_, question, most) => {
    expect(countReadingsUpTo(asked(question))).toBe(most);
  });

  it("brings readings of several devices together in buckets, however few they are", () => {
    const question = asked({ rangeMs: 5 * minute, devices: 3, lines: 1, across: true });
    expect(chooseLevel(question, { most: 5, all: 15 })).toEqual({ level: "raw", bucketMs: 500 });
  });

  it("never gives more buckets than pixels, nor all lines more points than an answer may have", () => {
    for (const pixels of [1, 2, 10, 333, 1_000, 4_000]) {
      for (const rangeMs of [1, 999, minute, hour + 1, 3 * day, 1_000 * day, 100_000 * day]) {
        for (const devices of [1, 7, 50]) {
          const question = asked({ pixels, rangeMs, devices, metrics: 2 });
          const { bucketMs } = chooseLevel(question, { most: 1e9, all: 1e9 });
          const buckets = Math.ceil(rangeMs / bucketMs) + 1;
          expect(buckets).toBeLessThanOrEqual(Math.max(2, pixels));
          expect(buckets * devices * 2).toBeLessThanOrEqual(maxPointsInAnswer + 2 * 2 * devices);
          expect(readingsForLine(question)).toBeLessThanOrEqual(Math.max(2, 2 * pixels));
        }
      }
    }
  });

  it("makes wide buckets of whole narrow ones", () => {
    for (let rangeMs = second; rangeMs < 40_000 * day; rangeMs *= 1.7) {
      const { level, bucketMs } = chooseLevel(asked({ rangeMs }), { most: 1e9, all: 1e9 });
      const own = { raw: 1, minute, hour }[level];
      expect(bucketMs % own).toBe(0);
    }
  });
});
