import { expect, test } from "vitest";
import { linearPlace } from "#components/charts/paths.ts";
import {
  canShow,
  isSameLength,
  movement,
  panBy,
  withinBounds,
  zoomAround,
} from "#components/charts/view.ts";

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

const plot = { x: 50, y: 0, width: 1_000, height: 100 };

test.each([
  ["the same", range, true],
  ["its length later", panBy(range, 1), true],
  ["further than its length", panBy(range, -1.01), false],
  ["a part", zoomAround(range, noon, 0.1), true],
  ["three times as much around it", zoomAround(range, noon, 3), true],
  ["more", zoomAround(range, noon, 3.1), false],
])("what was drawn for a range can be moved to show %s", (_, shown, expected) => {
  expect(canShow(range, shown)).toBe(expected);
});

test.each([
  ["moved", panBy(range, 0.25)],
  ["zoomed", zoomAround(range, noon - hour / 3, 0.4)],
  ["moved and zoomed", panBy(zoomAround(range, noon, 1.8), -0.3)],
])("a drawing that is %s has its instants where one made anew has them", (_, shown) => {
  const { scale, shift } = movement(range, shown, plot);
  const drawn = linearPlace(plot, range, [0, 1]).x(noon);
  expect(scale * drawn + shift).toBeCloseTo(linearPlace(plot, shown, [0, 1]).x(noon), 3);
});

test("a drawing is moved by whole pixels, and not at all within half of one", () => {
  expect(movement(range, range, plot)).toEqual({ scale: 1, shift: 0 });
  expect(movement(range, panBy(range, 0.000_4), plot).shift).toBeCloseTo(0);
  expect(movement(range, panBy(range, 0.001_3), plot)).toEqual({ scale: 1, shift: -1 });
  // Rounded milliseconds are no zoom.
  expect(isSameLength(range, { from: range.from + 1, to: range.to + 2 })).toBe(true);
});
