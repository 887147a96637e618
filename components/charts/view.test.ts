import { expect, test } from "vitest";
import { panBy, withinBounds, zoomAround } from "#components/charts/view.ts";

const hour = 3_600_000;
const noon = Date.UTC(2026, 10, 20, 12);
const range = { from: noon - hour, to: noon + hour };

test.each([
  ["in at the middle", noon, 0.5, { from: noon - hour / 2, to: noon + hour / 2 }],
  ["in at the beginning", noon - hour, 0.5, { from: noon - hour, to: noon }],
  ["out at the end", noon + hour, 2, { from: noon - 3 * hour, to: noon + hour }],
])("zooming %s keeps the instant under the pointer where it is", (_, at, factor, expected) => {
  expect(zoomAround(range, at, factor)).toEqual(expected);
});

test("zooming in ends at a second, however often it is done", () => {
  let view = range;
  for (let round = 0; round < 60; round += 1) view = zoomAround(view, noon, 0.5);
  expect(view.to - view.from).toBe(1_000);
  expect(view.from).toBeLessThan(noon);
  expect(view.to).toBeGreaterThan(noon);
});

test("zooming out ends at what a chart can show", () => {
  let view = range;
  for (let round = 0; round < 60; round += 1) view = zoomAround(view, noon, 2);
  expect(view).toEqual({ from: 0, to: Date.UTC(2200, 0, 1) });
});

test("panning moves by a share of the length and stops at the edge", () => {
  expect(panBy(range, 0.25)).toEqual({ from: noon - hour / 2, to: noon + 1.5 * hour });
  expect(panBy({ from: 0, to: hour }, -5)).toEqual({ from: 0, to: hour });
});

test.each([
  ["a second before 1970", { from: -10_000, to: -9_000 }, { from: 0, to: 1_000 }],
  [
    "the year 3000",
    { from: 4e13, to: 4e13 + hour },
    { from: 7_258_118_400_000 - hour, to: 7_258_118_400_000 },
  ],
  ["nothing at all", { from: noon, to: noon }, { from: noon - 500, to: noon + 500 }],
])("%s is brought to what can be shown", (_, wanted, shown) => {
  expect(withinBounds(wanted)).toEqual(shown);
});
