import { describe, expect, it } from "vitest";
import { binsOf, foldNumbers, foldPoints, toneOf } from "#components/dashboard/fold-points.ts";
import { createLiveValues, followedDevices } from "#components/dashboard/live-values.ts";
import { limitsIn, shownAnswer } from "#components/dashboard/shown-answer.ts";
import { stateRows, statesIn } from "#components/dashboard/state-rows.ts";
import { changeStack, redo, startStack, undo } from "#components/dashboard/undo-stack.ts";
import { sharedUnit } from "#components/dashboard/use-widget-data.ts";
import { asKind, withCopy, withNewWidget, without } from "#components/dashboard/widget-change.ts";
import type { Units } from "#components/units/units-provider.tsx";
import { emptyContent, newWidget } from "#server/domain/dashboard.ts";
import { displayOf } from "#server/domain/units.ts";

describe("the way back while editing", () => {
  it("goes back and forth, and forgets what was undone at the next change", () => {
    const two = changeStack(changeStack(startStack(0), 1, null), 2, null);

    expect(undo(two).present).toBe(1);
    expect(redo(undo(two)).present).toBe(2);
    expect(changeStack(undo(two), 3, null).future).toEqual([]);
    expect(undo(startStack(0)).present).toBe(0);
    expect(redo(two)).toBe(two);
  });

  it("takes typing into one field as one step", () => {
    const typed = ["a", "ab", "abc"].reduce(
      (stack, text) => changeStack(stack, text, "title"),
      startStack(""),
    );

    expect(undo(typed).present).toBe("");
    expect(undo(changeStack(typed, "x", "text")).present).toBe("abc");
    expect(undo(changeStack(redo(undo(typed)), "y", "title")).present).toBe("abc");
  });

  it("keeps a hundred steps", () => {
    const all = Array.from({ length: 150 }, (_, index) => index + 1).reduce(
      (stack, value) => changeStack(stack, value, null),
      startStack(0),
    );

    expect(all.past).toHaveLength(100);
    expect(all.past[0]).toBe(50);
  });
});

describe("the numbers of widgets", () => {
  const points = [
    [0, 10, 5, 15, 1],
    [1, 20, 20, 20, 3],
  ] as const;

  it.each([
    ["mean", 17.5],
    ["min", 10],
    ["max", 20],
    ["sum", 30],
    ["count", 30],
    ["last", 20],
  ] as const)("fold to one: %s", (aggregate, value) => {
    expect(foldPoints(points, aggregate)).toBe(value);
    expect(foldPoints([], aggregate)).toBeNull();
  });

  it("of several devices fold to one", () => {
    expect(foldNumbers([1, 3], "last")).toBe(2);
    expect(foldNumbers([1, 3], "sum")).toBe(4);
    expect(foldNumbers([], "max")).toBeNull();
  });

  it("are spread over bins with their readings", () => {
    expect(binsOf([points], 2)).toEqual([
      { from: 10, to: 15, count: 1 },
      { from: 15, to: 20, count: 3 },
    ]);
    expect(binsOf([[[0, 7, 7, 7, 2]]], 5)).toEqual([{ from: 7, to: 7, count: 2 }]);
    expect(binsOf([], 5)).toEqual([]);
  });

  it("look as the worst threshold that they cross", () => {
    const limits = [
      { value: 5, label: "", tone: "warn", side: "above" },
      { value: 9, label: "", tone: "bad", side: "above" },
      { value: 0, label: "", tone: "bad", side: "below" },
    ] as const;

    expect([3, 6, 10, -1, null].map((value) => toneOf(value, limits))).toEqual([
      undefined,
      "warn",
      "bad",
      "bad",
      undefined,
    ]);
  });
});

describe("live values", () => {
  const said = (ts: number, values: Record<string, number>) =>
    ({
      deviceKey: "1",
      ts,
      receivedAt: ts,
      topic: "t",
      outcome: "stored",
      values,
      text: "",
    }) as const;

  it("are the newest of each field, whatever order they come in", () => {
    const live = createLiveValues();
    live.hear([said(20, { a: 2, b: 1 }), said(10, { a: 1 })]);

    expect(live.latest("1")).toEqual({ a: { v: 2, t: 20 }, b: { v: 1, t: 20 } });
    expect(live.latest("2")).toBeUndefined();
  });

  it("are the same object until something changes", () => {
    const live = createLiveValues();
    live.hear([said(20, { a: 2 })]);
    const before = live.latest("1");
    live.hear([said(10, { a: 1 })]);

    expect(live.latest("1")).toBe(before);
  });

  it("are followed for a hundred devices of a page, each once", () => {
    const ids = Array.from({ length: 90 }, (_, index) => String(index));

    expect(followedDevices([ids, ids, ids.map((id) => `x${id}`)])).toHaveLength(100);
  });
});

it("states become rows, with their words in one order", () => {
  const device = { id: "d", deviceId: "d", name: "Pump" };
  const rows = stateRows(
    {
      series: [
        {
          device,
          metric: "on",
          unit: null,
          completeFrom: 0,
          runs: [
            [0, 50, false],
            [50, 200, true],
          ],
        },
      ],
      devices: { matching: 1, shown: 1 },
    },
    { from: 0, to: 100 },
    (unit) => displayOf(unit, {}),
  );

  expect(rows[0]?.pieces.map(({ left, width }) => [left, width])).toEqual([
    [0, 0.5],
    [0.5, 0.5],
  ]);
  expect(statesIn(rows)).toEqual([false, true]);
});

describe("in the reader's units", () => {
  const units: Units = (unit, aggregate) =>
    displayOf(unit, { temperature: "[degF]", pressure: "kPa" }, aggregate);
  const line = (unit: string | null, type = "number") => ({
    device: { id: "d", deviceId: "d", name: "Pump" },
    group: null,
    metric: "m",
    unit,
    type,
    points: [[0, 20, 10, 30, 4]] as const,
    gapMs: 1,
  });
  const answerOf = (...series: readonly ReturnType<typeof line>[]) => ({
    from: 0,
    to: 1,
    level: "raw" as const,
    bucketMs: 0,
    series,
    devices: { matching: 1, shown: 1 },
    settling: false,
    tookMs: 0,
  });

  it.each([
    ["mean", "Cel", "°F", [0, 68, 50, 86, 4]],
    ["mean", "furlong", "furlong", [0, 20, 10, 30, 4]],
    ["mean", null, null, [0, 20, 10, 30, 4]],
    ["count", "Cel", null, [0, 20, 10, 30, 4]],
    ["sum", "bar", "kPa", [0, 2_000, 1_000, 3_000, 4]],
  ] as const)("are the lines of widgets: the %s of %s in %s", (aggregate, stored, unit, point) => {
    const [shown] = shownAnswer(answerOf(line(stored)), units, aggregate).series;

    expect(shown).toMatchObject({ unit, points: [point] });
  });

  it("share a unit where they are shown in one, whatever they were measured in", () => {
    const { series } = shownAnswer(answerOf(line("Cel"), line("[degF]"), line("K")), units, "mean");

    expect(sharedUnit(series)).toBe("°F");
  });

  it("are limits, which say the same of a value as its own unit does", () => {
    const display = units("Cel");
    const limits = [
      { value: 37.7, label: "", tone: "bad", side: "above" },
      { value: 5, label: "", tone: "warn", side: "below" },
    ] as const;
    for (const value of [-40, 4.9, 5, 20, 37.7, 37.700_01, 60]) {
      expect(toneOf(display.of(value), limitsIn(limits, display))).toBe(toneOf(value, limits));
    }
    expect(limitsIn(limits, undefined)).toBe(limits);
  });

  it("are the numbers of timelines", () => {
    const { device } = line(null);
    const series = [
      { device, metric: "m", unit: "Cel", completeFrom: 0, runs: [[0, 1, 20] as const] },
      { device, metric: "n", unit: null, completeFrom: 0, runs: [[0, 1, 20] as const] },
    ];
    const rows = stateRows(
      { series, devices: { matching: 1, shown: 1 } },
      { from: 0, to: 1 },
      units,
    );

    expect(rows.map(({ unit, pieces }) => [pieces[0]?.value, unit])).toEqual([
      [68, "°F"],
      [20, ""],
    ]);
  });
});

describe("changes of widgets", () => {
  const line = newWidget("line", {
    id: "line-1",
    x: 0,
    y: 0,
    metrics: ["a"],
    thresholds: [{ value: 1, label: "", tone: "bad", side: "above" }],
  });
  const content = { ...emptyContent, widgets: [line] };

  it("another kind keeps what both have", () => {
    expect(asKind(line, "gauge")).toMatchObject({
      kind: "gauge",
      metrics: ["a"],
      w: 6,
      thresholds: [{ value: 1 }],
    });
    expect(asKind(asKind(line, "text"), "line")).toMatchObject({ metrics: [] });
  });

  it("new ones and copies have ids and places of their own", () => {
    const { added } = withNewWidget(content, "line");
    const copy = withCopy(content, line).added;

    expect([added.id, copy.id]).toEqual(["line-2", "line-2"]);
    expect([copy.x, copy.y]).toEqual([6, 0]);
    expect(without(content, line)).toEqual([]);
  });
});
