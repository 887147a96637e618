import { describe, expect, it, test } from "vitest";
import { keyAct } from "#components/charts/keyboard.ts";
import { lineNames } from "#components/charts/line-names.ts";
import { createLiveTail } from "#components/charts/live-tail.ts";
import { marksOf, toneOf } from "#components/charts/marks.ts";
import {
  bandPath,
  drawSeries,
  gapsOf,
  linePath,
  linearPlace,
  placeOfValue,
} from "#components/charts/paths.ts";
import {
  extentOf,
  nearestPoint,
  runsOf,
  type Annotation,
  type Series,
  type SeriesPoint,
} from "#components/charts/series.ts";
import { runsOfSwitch, stateColours, type Run } from "#components/charts/state-runs.ts";
import { timeTickLabel, timeTicks, valueTicks } from "#components/charts/ticks.ts";

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
  [0, 0, 2, [0, 0.5, 1]],
  [0.2, 0.2, 2, [0, 0.5, 1]],
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

test.each([
  ["a hundred years", Date.UTC(1926, 5, 1), Date.UTC(2026, 5, 1)],
  ["since 1970", 0, Date.UTC(2099, 11, 31)],
  ["a year", Date.UTC(2025, 2, 3), Date.UTC(2026, 2, 3)],
  ["forty days", Date.UTC(2026, 2, 3), Date.UTC(2026, 3, 12)],
  ["a second", Date.UTC(2026, 2, 3), Date.UTC(2026, 2, 3) + 1_000],
])("over %s there are a few ticks of time, in order, at midnight or finer", (_, from, to) => {
  const ticks = timeTicks({ from, to }, 8);
  expect(ticks.length).toBeGreaterThan(0);
  expect(ticks.length).toBeLessThanOrEqual(9);
  expect([...ticks].toSorted((a, b) => a - b)).toEqual(ticks);
  expect(new Set(ticks.map((at) => timeTickLabel(at, to - from))).size).toBe(ticks.length);
});

describe("a series with a distance that breaks it", () => {
  const spread: Series = {
    id: "a",
    label: "A",
    gapMs: 15,
    points: [
      { t: 0, v: 1 },
      { t: 10, v: 2 },
      { t: 40, v: 3 },
      { t: 80, v: 4, min: 1, max: 5 },
      { t: 90, v: 4, min: 2, max: 6 },
    ],
  };
  it("is drawn in pieces, a point alone as a dot, and the gaps are known", () => {
    const range = { from: 0, to: 100 };
    expect(drawSeries(spread, range, place)).toEqual({
      line: "M0,-1L10,-2M40,-3h0M80,-4L90,-4",
      band: "M80,-5L90,-6L90,-2L80,-1Z",
    });
    expect(gapsOf(spread, range)).toEqual([
      { from: 10, to: 40 },
      { from: 40, to: 80 },
    ]);
  });
  it("is drawn only where it is seen, with one point more on each side", () => {
    expect(drawSeries(spread, { from: 82, to: 86 }, place).line).toBe("M80,-4L90,-4");
    expect(drawSeries(spread, { from: 41, to: 42 }, place).line).toBe("M40,-3h0M80,-4h0");
    expect(drawSeries({ ...spread, points: [] }, { from: 0, to: 9 }, place).line).toBe("");
  });
  it("has no value inside a gap", () => {
    expect(nearestPoint(spread.points, 24, 15)?.t).toBe(10);
    expect(nearestPoint(spread.points, 60, 15)).toBeNull();
  });
});

test.each([
  [
    ["Pump 1", "Pump 2"],
    ["Pump 1", "Pump 2"],
  ],
  [
    ["Pump · flow", "Pump · heat"],
    ["Pump · flow", "Pump · heat"],
  ],
  [
    ["North Ridge pump 1 · flow", "North Ridge pump 2 · flow", "Quay · flow"],
    ["North R…pump 1", "North R…pump 2", "Quay"],
  ],
  [["North Ridge pump 1 · flow"], ["North R…· flow"]],
  [[], []],
])("the lines %j are called %j at their ends", (labels, names) => {
  expect(lineNames(labels)).toEqual(names);
});

test("a place is where its box, its range and its values say", () => {
  const box = { x: 50, y: 10, width: 200, height: 100 };
  const { x, y } = linearPlace(box, { from: 1_000, to: 2_000 }, [0, 10]);
  expect([x(1_000), x(1_500), x(2_000)]).toEqual([50, 150, 250]);
  expect([y(0), y(5), y(10)]).toEqual([110, 60, 10]);
  expect(placeOfValue({ area: box, values: [0, 10] }, 5)).toBe(60);
  expect(linearPlace(box, { from: 5, to: 5 }, [3, 3]).y(3)).toBe(110);
});

describe("a live tail", () => {
  it("keeps the order of time, tells its listeners once, and knows its extent", () => {
    const tail = createLiveTail();
    let told = 0;
    const stop = tail.subscribe(() => (told += 1));
    const at = (t: number, v: number) => ({ id: "a", point: { t, v } });
    tail.push([at(10, 1), at(30, 7)]);
    tail.push([at(20, 3)]);
    tail.push([at(20, 4)]);
    tail.push([]);
    stop();
    expect(tail.points("a").map(({ t, v }) => [t, v])).toEqual([
      [10, 1],
      [20, 4],
      [30, 7],
    ]);
    expect(told).toBe(3);
    expect(tail.extent(["a"])).toBe("1:7");
    expect(tail.extent(["b"])).toBe("");
  });
  it("changes for those charts whose series have a new value", () => {
    const tail = createLiveTail();
    const changed = (act: () => void) => {
      const versions = () => [tail.version(["a"]), tail.version(["b", "c"])];
      const before = versions();
      act();
      return versions().map((version, index) => version !== before[index]);
    };
    const push = (id: string) => tail.push([{ id, point: { t: 10, v: 1 } }]);
    expect(changed(() => push("a"))).toEqual([true, false]);
    expect(changed(() => push("c"))).toEqual([false, true]);
    expect(changed(() => tail.forget(new Map([["a", 10]])))).toEqual([true, false]);
  });
  it("forgets what the store has, and leaves the rest alone", () => {
    const tail = createLiveTail();
    tail.push([
      { id: "a", point: { t: 10, v: 1 } },
      { id: "a", point: { t: 20, v: 5 } },
      { id: "b", point: { t: 10, v: 2 } },
    ]);
    const before = tail.points("b");
    tail.forget(new Map([["a", 10]]));
    expect(tail.points("a")).toEqual([{ t: 20, v: 5 }]);
    expect(tail.points("b")).toBe(before);
    expect(tail.extent(["a", "b"])).toBe("2:5");
    expect(tail.extent(["b"])).toBe("2:2");
  });
});

describe("states", () => {
  const words = { on: "on", off: "off", mixed: "both" };
  it("of a switch hold until they change, and not across a gap", () => {
    const at = (t: number, v: number | null) => ({ t, v });
    const points = [at(0, 0), at(10, 0), at(20, 1), at(30, 0.5), at(90, 1), at(95, null)];
    expect(runsOfSwitch(points, words, 15)).toEqual([
      { from: 0, to: 20, state: "off" },
      { from: 20, to: 30, state: "on" },
      { from: 30, to: 30, state: "both" },
      { from: 90, to: 90, state: "on" },
    ]);
    expect(runsOfSwitch([], words)).toEqual([]);
  });
  it("have colours by how long they held", () => {
    const row = (id: string, runs: readonly Run[]) => ({ id, label: id, runs });
    const colours = stateColours([
      row("a", [
        { from: 0, to: 5, state: "idle" },
        { from: 5, to: 20, state: "run" },
      ]),
      row("b", [{ from: 0, to: 8, state: "idle" }]),
    ]);
    expect([...colours]).toEqual([
      ["run", 0],
      ["idle", 1],
    ]);
  });
});

test.each([
  [{ key: "ArrowRight", shiftKey: false }, 500, { kind: "point", at: 510 }],
  [{ key: "ArrowLeft", shiftKey: false }, null, { kind: "point", at: 500 }],
  [{ key: "End", shiftKey: false }, 3, { kind: "point", at: 1_000 }],
  [{ key: "n", shiftKey: false }, 500.4, { kind: "annotate", at: 500 }],
  [{ key: "Escape", shiftKey: false }, 5, { kind: "leave" }],
  [{ key: "Escape", shiftKey: false }, null, undefined],
  [{ key: "Tab", shiftKey: true }, 5, undefined],
])("%j where %j is pointed at does %j", (key, pointed, act) => {
  expect(keyAct(key, { from: 0, to: 1_000 }, pointed)).toEqual(act);
});
test("plus, minus and arrows with Shift change the range", () => {
  const range = { from: 100_000, to: 200_000 };
  const shown = (key: string, shiftKey = false) => keyAct({ key, shiftKey }, range, 150_000);
  expect(shown("+")).toEqual({ kind: "show", range: { from: 125_000, to: 175_000 } });
  expect(shown("-")).toEqual({ kind: "show", range: { from: 50_000, to: 250_000 } });
  expect(shown("ArrowRight", true)).toEqual({
    kind: "show",
    range: { from: 120_000, to: 220_000 },
  });
});

describe("marks", () => {
  const mark = (id: string, from: number, more: Partial<Annotation> = {}): Annotation => ({
    id,
    from,
    kind: "note",
    tone: "accent",
    text: id,
    ...more,
  });
  const x = (t: number) => t;
  it("share a place where they are close, and the heaviest gives the tone", () => {
    const marks = marksOf(
      [mark("b", 105, { tone: "bad" }), mark("a", 100), mark("c", 150)],
      x,
      [0, 200],
    );
    expect(marks.map(({ id, annotations }) => [id, annotations.length])).toEqual([
      ["a", 2],
      ["c", 1],
    ]);
    expect(marks.map(toneOf)).toEqual(["bad", "accent"]);
  });
  it("stand at the edge for what began before it and goes on; what is outside has none", () => {
    const marks = marksOf(
      [
        mark("went on", -50, { to: 20 }),
        mark("goes on", -50, { to: null }),
        mark("over", -50, { to: -10 }),
        mark("moment", -1),
        mark("later", 201),
      ],
      x,
      [0, 200],
    );
    expect(marks.flatMap(({ annotations }) => annotations.map(({ id }) => id))).toEqual([
      "went on",
      "goes on",
    ]);
    expect(marks[0]?.x).toBe(0);
  });
});
