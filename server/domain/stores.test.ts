import { describe, expect, it } from "vitest";
import { growthOf, type StoreSample } from "#server/domain/stores.ts";

const noon = Date.parse("2026-11-10T12:00:00Z");
const sample = (day: string, bytes: number): StoreSample => ({
  store: "readings",
  day,
  bytes,
  rows: bytes / 100,
});
const now = { store: "readings", bytes: 10_000, rows: 100, at: noon } as const;

describe("the growth of a store", () => {
  it.each([
    ["no sample", [], undefined],
    ["one of today", [sample("2026-11-10", 9000)], undefined],
    ["one that is too old", [sample("2026-11-01", 0)], undefined],
    ["one of yesterday counts as a whole day", [sample("2026-11-09", 9000)], 1000],
    ["one of four days ago", [sample("2026-11-06", 3000)], 2000],
    ["the oldest that counts", [sample("2026-11-06", 3000), sample("2026-11-09", 0)], 2000],
    ["what shrinks", [sample("2026-11-06", 17_000)], -2000],
  ])("with %s", (_, samples, bytes) => {
    const growth = growthOf(samples, now);
    expect(growth?.bytes).toBe(bytes);
    expect(growth?.rows).toBe(bytes === undefined ? undefined : bytes / 100);
  });
});
