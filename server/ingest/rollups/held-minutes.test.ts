import { describe, expect, it } from "vitest";
import { HeldMinutes, minuteOf } from "#server/ingest/rollups/held-minutes.ts";
import type { Reading } from "#server/pipeline/run-stages.ts";

const start = Date.UTC(2026, 10, 27, 8);
const minute = (index: number): number => start + index * 60_000;

/** What a rollup looks at. */
function reading(index: number, value: number, deviceKey = 1n): Reading {
  const placed = { cells: [value], extra: undefined, unknown: undefined };
  const tsMicros = (minute(index) + 500) * 1000;
  const some = { device: { deviceKey }, schema: { schemaId: 1 }, tsMicros, placed };
  return some as unknown as Reading;
}

/** Minutes 0 and 1, touched at 0 ms and at 5000 ms. */
function held(): HeldMinutes {
  const minutes = new HeldMinutes();
  minutes.open(minute(0), { sequence: 7, now: 0 });
  minutes.open(minute(1), { sequence: 8, now: 0 });
  minutes.add([reading(0, 1), reading(1, 2)], { xid: "10", now: 0 });
  minutes.add([reading(1, 3), reading(1, 4, 2n)], { xid: "11", now: 5000 });
  return minutes;
}

const limits = { quietMs: 10_000, longestMs: 120_000, relied: new Set<number>(), all: false };

describe("minutes that a worker holds", () => {
  it("are taken once nobody touched them for a while, with the transactions that filled them", () => {
    const minutes = held();
    const taken = minutes.take({ ...limits, now: 11_000 });
    expect(taken.closing).toEqual([{ ms: minute(0), sequence: 7 }]);
    expect(taken.rollups.map(({ minute: of }) => of)).toEqual([
      { ms: minute(0), sequence: 7, firstXid: "10", lastXid: "10" },
    ]);
    expect(minutes.has(minute(0))).toBe(false);
    expect(minutes.numbers).toBe(12);
  });

  it.each([
    ["after the longest time, though touched", { now: 120_000, quietMs: 1e9 }, 2],
    ["when everything is wanted", { now: 0, all: true }, 2],
    ["not while a batch relies on them", { now: 11_000, relied: new Set([minute(0)]) }, 0],
  ])("are taken %s", (_, at, count) => {
    expect(held().take({ ...limits, ...at }).closing).toHaveLength(count);
  });

  it("stay open when their rollups are taken early, and tell later readings apart", () => {
    const minutes = held();
    expect(minutes.takeRollups()).toHaveLength(3);
    expect(minutes.numbers).toBe(0);
    minutes.add([reading(1, 9)], { xid: "12", now: 6000 });
    const [later] = minutes.takeRollups();
    expect(later?.minute).toMatchObject({ firstXid: "12", lastXid: "12" });
    expect(later?.rollup.toRow().sums).toEqual([9]);
    expect(minutes.count).toBe(2);
  });

  it("are lost as a whole: what comes after counts as little as what came before", () => {
    const minutes = held();
    expect(minutes.lose(minute(1))).toBe(true);
    expect(minutes.lose(minute(5))).toBe(false);
    minutes.add([reading(1, 9)], { xid: "12", now: 6000 });
    const taken = minutes.take({ ...limits, now: 0, all: true });
    expect(taken.lost).toEqual([{ ms: minute(1), sequence: 8 }]);
    expect(taken.rollups).toHaveLength(1);
  });

  it("begin at their own minute also before 1970", () => {
    expect(minuteOf({ tsMicros: -1 })).toBe(-60_000);
  });
});
