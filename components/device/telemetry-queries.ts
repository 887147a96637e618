import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { TimeRange } from "#components/charts/series.ts";
import { telemetryUrl } from "#components/explore/telemetry-query.ts";
import { readJson } from "#components/layout/read-json.ts";
import type { TelemetryAnswer } from "#server/domain/telemetry-query.ts";

export const rangeKeys = ["5m", "1h", "6h", "24h", "7d"] as const;
export type RangeKey = (typeof rangeKeys)[number];

/** Length of each range, milliseconds. */
export const rangeMs: Readonly<Record<RangeKey, number>> = {
  "5m": 300_000,
  "1h": 3_600_000,
  "6h": 21_600_000,
  "24h": 86_400_000,
  "7d": 604_800_000,
};

/** How often a range that ends now moves on, so that a step is about a pixel. */
export const rangeStepMs: Readonly<Record<RangeKey, number>> = {
  "5m": 1_000,
  "1h": 5_000,
  "6h": 30_000,
  "24h": 60_000,
  "7d": 300_000,
};

/** The shortest range that shows the newest value (epoch milliseconds); the shortest of all without one. */
export function rangeFor(newestAt: number | null, now: Date): RangeKey {
  const ageMs = newestAt === null ? 0 : now.getTime() - newestAt;
  return rangeKeys.find((key) => ageMs < rangeMs[key]) ?? "7d";
}

/** Pixels of the plot. */
const plotPixels = 700;

/** One metric of one device (by UUID) over a range that ends now, or over a chosen one. */
export function seriesQuery(deviceUuid: string, metric: string, range: RangeKey | TimeRange) {
  const moving = typeof range === "string";
  return queryOptions({
    queryKey: [
      "device",
      deviceUuid,
      "series",
      metric,
      moving ? range : `${range.from}-${range.to}`,
    ],
    queryFn: ({ signal }) => {
      const { from, to } = moving
        ? { from: Date.now() - rangeMs[range], to: Date.now() + 60_000 }
        : range;
      const question = {
        devices: { by: "devices" as const, ids: [deviceUuid] },
        metrics: [metric],
        from,
        to,
        pixels: plotPixels,
        across: "each" as const,
        aggregate: "mean" as const,
      };
      return readJson<TelemetryAnswer>(telemetryUrl(question), signal);
    },
    placeholderData: keepPreviousData,
    refetchInterval: moving ? Math.max(15_000, rangeStepMs[range]) : (false as const),
  });
}
