import { describe, expect, it } from "vitest";
import { binsOf, foldNumbers, foldPoints, toneOf } from "#components/dashboard/fold-points.ts";
import { createLiveValues, followedDevices } from "#components/dashboard/live-values.ts";
import { stateRows, statesIn } from "#components/dashboard/state-rows.ts";
import { changeStack, redo, startStack, undo } from "#components/dashboard/undo-stack.ts";
import { asKind, withCopy, withNewWidget, without } from "#components/dashboard/widget-change.ts";
import { emptyContent, newWidget } from "#server/domain/dashboard.ts";

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
  );

  expect(rows[0]?.pieces.map(({ left, width }) => [left, width])).toEqual([
    [0, 0.5],
    [0.5, 0.5],
  ]);
  expect(statesIn(rows)).toEqual([false, true]);
});

describe("changes of widgets", () => {
  const line = newWidget("line", {
    id: "line-1",
    x: 0,
    y: 0,
    metrics: ["a"],
    thresholds: [{ value: 1 }],
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
