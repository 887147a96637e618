import { describe, expect, it } from "vitest";
import { saneTime } from "#server/pipeline/sane-time.ts";

const now = 1_795_000_000_000;
const day = 86_400_000;

describe("saneTime, with a week back and five minutes ahead", () => {
  it.each([
    ["no time", undefined, now, 2],
    ["now", now, now, 0],
    ["a fraction of a millisecond", now - 0.25, now - 0.25, 0],
    ["a week ago", now - 7 * day, now - 7 * day, 0],
    ["a millisecond more than a week ago", now - 7 * day - 1, now, 1],
    ["five minutes ahead", now + 300_000, now + 300_000, 0],
    ["a millisecond more than that", now + 300_001, now, 1],
    ["seconds taken for milliseconds", now / 1000, now, 1],
    ["a hundred years ahead", now + 36_500 * day, now, 1],
    ["the end of time", Number.MAX_VALUE, now, 1],
    ["before the beginning", -Number.MAX_VALUE, now, 1],
  ])("%s", (_, ts, expectedMs, flags) => {
    const limits = { maxPastMs: 7 * day, maxFutureMs: 300_000 };
    expect(saneTime({ ts, receivedAt: now, ...limits })).toEqual({
      micros: Math.round(expectedMs * 1000),
      flags,
    });
  });

  it("takes no time for which there is no partition, whatever the profile allows", () => {
    const ts = now + 7 * day;
    const result = saneTime({ ts, receivedAt: now, maxPastMs: 0, maxFutureMs: 365 * day });
    expect(result.flags).toBe(1);
  });
});
