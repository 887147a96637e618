import { describe, expect, it, test } from "vitest";
import { bandPath, linePath } from "#components/charts/paths.ts";
import { extentOf, nearestPoint, runsOf, type SeriesPoint } from "#components/charts/series.ts";
import { timeTicks, valueTicks } from "#components/charts/ticks.ts";

const points: readonly SeriesPoint[] = [
  { t: 0, v: 1, min: 0, max: 2 },
  { t: 10, v: 3, min: 2, max: 5 },
  { t: 20, v: null },
  { t: 30, v: 2, min: 2, max: 2 },
];
const place = { x: (t: number) => t, y: (v: number) => -v };

describe("a series", () => {
  it("is cut where nothing was heard", () => {
    expect(runsOf(points).map((run) => run.map((point) => point.t))).toEqual([[0, 10], [30]]);
  });
  it("reaches from the lowest minimum to the highest maximum or limit", () => {
    expect(extentOf([{ id: "a", label: "A", points }])).toEqual([0, 5]);
    expect(extentOf([{ id: "a", label: "A", points }], [{ value: 9, label: "limit" }])).toEqual([
      0, 9,
    ]);
    expect(extentOf([{ id: "a", label: "A", points: [] }])).toBeNull();
  });
  it("gives the nearest value, and none inside a gap", () => {
    expect(nearestPoint(points, 4)?.t).toBe(0);
    expect(nearestPoint(points, 7)?.t).toBe(10);
    expect(nearestPoint(points, 21)).toBeNull();
    expect(nearestPoint(points, 99)?.t).toBe(30);
    expect(nearestPoint([], 1)).toBeNull();
  });
  it("is drawn as a line, as steps, and with its band", () => {
    const run = points.slice(0, 2);
    expect(linePath(run, place, false)).toBe("M0,-1L10,-3");
    expect(linePath(run, place, true)).toBe("M0,-1H10V-3");
    expect(bandPath(run, place)).toBe("M0,-2L10,-5L10,-2L0,0Z");
    expect(
      bandPath(
        [
          { t: 0, v: 1 },
          { t: 1, v: 2 },
        ],
        place,
      ),
    ).toBe("");
  });
});

test.each([
  [0, 5, 4, [0, 2, 4, 6]],
  [0.12, 0.31, 3, [0.1, 0.2, 0.3, 0.4]],
  [-3, 3, 3, [-4, -2, 0, 2, 4]],
  [7, 7, 2, [6.5, 7, 7.5]],
])("values from %d to %d in %d steps have the ticks %j", (low, high, count, ticks) => {
  expect(valueTicks(low, high, count)).toEqual(ticks);
});

test("ticks of time lie inside of the range, on round times, and are not more than asked for", () => {
  const from = Date.UTC(2026, 10, 22, 7, 13);
  const ticks = timeTicks({ from, to: from + 86_400_000 }, 8);
  expect(ticks.length).toBeLessThanOrEqual(8);
  expect(ticks.every((at) => at >= from && at <= from + 86_400_000)).toBe(true);
  expect(ticks.every((at) => new Date(at).getMinutes() === 0)).toBe(true);
});
