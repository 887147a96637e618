import { describe, expect, it } from "vitest";
import { ledgerRange, ledgerRangeKey, ledgerRangeKeys } from "#server/domain/ledger-range.ts";

describe("a range of the ledger", () => {
  it.each(ledgerRangeKeys)("%s has whole steps and holds the present", (key) => {
    const now = Date.UTC(2026, 10, 27, 7, 13, 21);
    const { from, to, steps, stepMs } = ledgerRange(key, now);
    expect(from % stepMs).toBe(0);
    expect((to - from) / stepMs).toBe(steps);
    expect(now).toBeGreaterThanOrEqual(to - stepMs);
    expect(now).toBeLessThan(to);
    expect(stepMs % 60_000).toBe(0);
  });

  it.each([
    ["7d", "7d"],
    ["", "24h"],
    [null, "24h"],
    ["toString", "24h"],
  ])("%o means %s", (text, key) => {
    expect(ledgerRangeKey(text)).toBe(key);
  });
});
