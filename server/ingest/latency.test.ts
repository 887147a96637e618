import { describe, expect, it } from "vitest";
import { LatencyHistogram } from "#server/ingest/latency.ts";

describe("LatencyHistogram", () => {
  it("tells quantiles to a quarter", () => {
    const histogram = new LatencyHistogram();
    for (let ms = 1; ms <= 100; ms += 1) histogram.add(ms);
    const p50 = histogram.quantile(0.5) ?? 0;
    const p99 = histogram.quantile(0.99) ?? 0;
    expect(p50).toBeGreaterThanOrEqual(50);
    expect(p50).toBeLessThan(63);
    expect(p99).toBeGreaterThanOrEqual(99);
    expect(p99).toBeLessThan(125);
  });

  it("has no quantile of nothing", () => {
    expect(new LatencyHistogram().quantile(0.5)).toBeNull();
  });

  it.each([[0], [-1], [1e9]])("takes %s", (ms) => {
    const histogram = new LatencyHistogram();
    histogram.add(ms);
    expect(histogram.quantile(1)).toBeGreaterThan(0);
  });
});
