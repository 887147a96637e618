import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxBehindMinutes, planSources } from "#server/domain/telemetry-sources.ts";

const minute = 60_000;
const hour = 60 * minute;
const plan = (more: Partial<Parameters<typeof planSources>[0]>) =>
  planSources({
    level: "minute",
    bucketMs: minute,
    from: 0,
    to: hour,
    devices: 1,
    behind: [],
    ...more,
  });

describe("planSources", () => {
  it("leaves the range of single readings alone", () => {
    expect(plan({ level: "raw", bucketMs: 0, from: 7, to: 99, behind: [0] })).toEqual({
      from: 7,
      to: 99,
      parts: [{ from: 7, to: 99, source: "raw" }],
      settling: false,
    });
  });

  it("widens a range to whole buckets, before 1970 as well", () => {
    expect(plan({ bucketMs: 10 * minute, from: -1, to: 61 * minute })).toMatchObject({
      from: -10 * minute,
      to: 70 * minute,
    });
  });

  it("reads minutes that are behind singly, those that follow each other in one part", () => {
    const behind = [10 * minute, 11 * minute, 59 * minute];
    expect(plan({ behind }).parts).toEqual([
      { from: 0, to: 10 * minute, source: "minute" },
      { from: 12 * minute, to: 59 * minute, source: "minute" },
      { from: 10 * minute, to: 12 * minute, source: "raw" },
      { from: 59 * minute, to: hour, source: "raw" },
    ]);
  });

  it("reads the other minutes of such an hour from minutes", () => {
    const parts = plan({ level: "hour", bucketMs: hour, to: 3 * hour, behind: [hour] }).parts;
    expect(parts).toEqual([
      { from: 0, to: hour, source: "hour" },
      { from: 2 * hour, to: 3 * hour, source: "hour" },
      { from: hour + minute, to: 2 * hour, source: "minute" },
      { from: hour, to: hour + minute, source: "raw" },
    ]);
  });

  it("takes as many minutes as the database names for the whole range", () => {
    const behind = Array.from({ length: maxBehindMinutes }, (_, index) => index * minute);
    const to = 6_000 * minute;
    expect(plan({ to, behind })).toMatchObject({
      parts: [{ from: 0, to, source: "raw" }],
      settling: false,
    });
    expect(plan({ to, behind, devices: 50 })).toMatchObject({
      parts: [{ from: 0, to, source: "minute" }],
      settling: true,
    });
  });

  it("takes the hours of a large fleet as they are, and says so", () => {
    const hours = { level: "hour" as const, bucketMs: hour, to: 3 * hour, behind: [2 * hour] };
    expect(plan({ ...hours, devices: 3_000 })).toMatchObject({ settling: false });
    expect(plan({ ...hours, devices: 4_000 })).toEqual({
      from: 0,
      to: 3 * hour,
      parts: [{ from: 0, to: 3 * hour, source: "hour" }],
      settling: true,
    });
  });

  it("reads the newest singly when there are too many, and says so", () => {
    const behind = Array.from({ length: 40 }, (_, index) => index * 2 * minute);
    const { parts, settling } = plan({ to: 2 * hour, behind });
    const raw = parts.filter(({ source }) => source === "raw");
    expect(settling).toBe(true);
    expect(raw).toHaveLength(24);
    expect(raw.at(-1)).toMatchObject({ from: 78 * minute });
  });

  it("covers the range once, and takes no rollup of what is behind", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("minute" as const, "hour" as const),
        fc.integer({ min: -300, max: 300 }),
        fc.integer({ min: 1, max: 600 }),
        fc.uniqueArray(fc.integer({ min: -300, max: 900 }), { maxLength: 12 }),
        (level, from, minutes, behindAt) => {
          const behind = behindAt.toSorted((a, b) => a - b).map((at) => at * minute);
          const bucketMs = level === "hour" ? 2 * hour : 5 * minute;
          const to = (from + minutes) * minute;
          const made = plan({ level, bucketMs, from: from * minute, to, behind });
          // Adding 0 makes 0 of -0, which is the same instant.
          const sorted = made.parts
            .map((part) => ({ ...part, from: part.from + 0, to: part.to + 0 }))
            .toSorted((a, b) => a.from - b.from);
          expect(sorted[0]?.from).toBe(made.from + 0);
          expect(sorted.at(-1)?.to).toBe(made.to + 0);
          expect(sorted.slice(1).map((part) => part.from)).toEqual(
            sorted.slice(0, -1).map((part) => part.to),
          );
          const rolledUp = sorted.filter(({ source }) => source !== "raw");
          const holds = (at: number) => rolledUp.some((part) => at >= part.from && at < part.to);
          expect(behind.filter(holds)).toEqual([]);
        },
      ),
      { numRuns: 200, examples: [["hour", -6, 6, [-2]]] },
    );
  });
});
