import { describe, expect, it, test } from "vitest";
import {
  lengthText,
  rangeAt,
  selectionOf,
  shiftOf,
  startState,
  stateFromParams,
  stateToParams,
  type ExploreState,
} from "#components/explore/explore-state.ts";

const read = (query: string) => stateFromParams(new URLSearchParams(query));
const group = "6f1d2c3b-1111-4222-8333-444455556666";

describe("the address of what is shown", () => {
  it("is empty at the start", () => {
    expect(stateToParams(startState).toString()).toBe("");
    expect(read("")).toEqual(startState);
  });

  it.each<[string, Partial<ExploreState>]>([
    ["devices and metrics", { devices: ["pump-1", "urn:a:b"], metrics: ["temp, inside", "p"] }],
    ["a range that ends now", { range: { lastMs: 900_000 } }],
    ["a chosen range", { range: { from: 1_764_000_000_000, to: 1_764_003_600_000 } }],
    ["a group", { group, split: "tag", aggregate: "max" }],
    ["the view that it came from", { devices: ["a"], view: group }],
    ["a filter", { filter: "presence=silent", split: "all" }],
    ["everything", { filter: "" }],
    ["what is beside the lines", { compare: "week", hidden: ["note", "alert"], layout: "metric" }],
    [
      "limits",
      {
        limits: [
          { metric: "a:b", value: -1.5 },
          { metric: "p", value: 3 },
        ],
      },
    ],
  ])("brings %s back", (_, part) => {
    const state = { ...startState, ...part };
    const params = stateToParams(state);
    expect(stateFromParams(params)).toEqual(state);
    expect(stateToParams(stateFromParams(params)).toString()).toBe(params.toString());
  });

  it.each([
    ["r=forever&v=sideways&x=none&a=median&c=tomorrow", startState],
    ["r=0h", startState],
    ["r=5~1", startState],
    ["d=,,%00,a b,pump&m=&g=no-uuid", { ...startState, devices: ["pump"] }],
    [
      "t=:3&t=p:&t=p:abc&t=p:Infinity&t=p:7",
      { ...startState, limits: [{ metric: "p", value: 7 }] },
    ],
    ["m=a&m=a&d=x,x", { ...startState, devices: ["x"], metrics: ["a"] }],
  ])("%s shows what it still can", (query, state) => {
    expect(read(query)).toEqual(state);
  });

  it("holds no more than a chart shows, and no range beyond what there is", () => {
    const many = Array.from({ length: 200 }, (_, index) => `d${index}`);
    expect(read(`d=${many.join(",")}`).devices).toHaveLength(50);
    expect(read(many.map((name) => `m=${name}`).join("&")).metrics).toHaveLength(20);
    expect(read("r=999999d").range).toEqual({ lastMs: 36_525 * 86_400_000 });
    expect(read("r=-9999999999999999~9999999999999999").range).toEqual({
      from: Date.UTC(1900, 0, 1),
      to: Date.UTC(2200, 0, 1),
    });
  });
});

test.each([
  [90_000, "90s"],
  [60_000, "1m"],
  [86_400_000, "1d"],
  [5_400_000, "90m"],
  [1_500, "2s"],
])("%d milliseconds are %s", (milliseconds, text) => {
  expect(lengthText(milliseconds)).toBe(text);
});

test("a range that ends now moves with it, a chosen one stays", () => {
  expect(rangeAt({ lastMs: 10 }, 100)).toEqual({ from: 90, to: 100 });
  expect(rangeAt({ from: 1, to: 2 }, 100)).toEqual({ from: 1, to: 2 });
});

test("an earlier period begins where the comparison says", () => {
  const range = { from: 1_000, to: 5_000 };
  expect(shiftOf("previous", range)).toBe(4_000);
  expect(shiftOf("day", range)).toBe(86_400_000);
  expect(shiftOf("week", range)).toBe(604_800_000);
});

test("a selection is a group, a filter, or nothing", () => {
  expect(selectionOf(startState)).toBeNull();
  expect(selectionOf({ ...startState, group })).toEqual({ by: "group", groupId: group });
  expect(selectionOf({ ...startState, filter: "presence=silent" })).toMatchObject({
    by: "filter",
    filter: { presence: ["silent"] },
  });
});
