import type { WidgetThreshold } from "#server/domain/dashboard.ts";
import type { Aggregate, TelemetrySeries } from "#server/domain/telemetry-query.ts";

type Points = TelemetrySeries["points"];

/**
 * The points of a range as one number. Each point is a bucket whose value is of the same aggregate;
 * means are weighed by their readings.
 * @returns null without any point
 */
export function foldPoints(points: Points, aggregate: Aggregate): number | null {
  const last = points.at(-1);
  if (last === undefined) return null;
  const values = points.map(([, value]) => value);
  switch (aggregate) {
    case "last":
      return last[1];
    case "min":
      return Math.min(...values);
    case "max":
      return Math.max(...values);
    case "sum":
    case "count":
      return values.reduce((sum, value) => sum + value, 0);
    case "mean": {
      const readings = points.reduce((sum, point) => sum + point[4], 0);
      const weighed = points.reduce((sum, point) => sum + point[1] * point[4], 0);
      return readings === 0 ? null : weighed / readings;
    }
  }
}

/** The numbers of several lines as one: of devices that are looked at together. */
export function foldNumbers(numbers: readonly number[], aggregate: Aggregate): number | null {
  if (numbers.length === 0) return null;
  const sum = numbers.reduce((total, number) => total + number, 0);
  switch (aggregate) {
    case "min":
      return Math.min(...numbers);
    case "max":
      return Math.max(...numbers);
    case "sum":
    case "count":
      return sum;
    case "mean":
    case "last":
      return sum / numbers.length;
  }
}

export type Bin = { readonly from: number; readonly to: number; readonly count: number };

/** How values are spread over equal steps; each point counts with its readings. */
export function binsOf(all: readonly Points[], bins: number): readonly Bin[] {
  const points = all.flat();
  if (points.length === 0) return [];
  const low = points.reduce((least, [, value]) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = points.reduce((most, [, value]) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (low === high) {
    return [{ from: low, to: high, count: points.reduce((sum, point) => sum + point[4], 0) }];
  }
  const width = (high - low) / bins;
  const counts = Array.from({ length: bins }, () => 0);
  for (const [, value, , , readings] of points) {
    const at = Math.min(bins - 1, Math.floor((value - low) / width));
    counts[at] = (counts[at] ?? 0) + readings;
  }
  return counts.map((count, index) => ({
    from: low + index * width,
    to: low + (index + 1) * width,
    count,
  }));
}

/** The look of a value under its thresholds: the worst that it has crossed. */
export function toneOf(
  value: number | null,
  thresholds: readonly WidgetThreshold[],
): "bad" | "warn" | undefined {
  if (value === null) return undefined;
  const crossed = thresholds.filter((each) =>
    each.side === "above" ? value > each.value : value < each.value,
  );
  if (crossed.some(({ tone }) => tone === "bad")) return "bad";
  return crossed.length > 0 ? "warn" : undefined;
}
