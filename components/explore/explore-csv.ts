import { linesOf } from "#components/explore/explore-charts.ts";
import { exploreText } from "#components/strings/explore.ts";
import { csvFile } from "#server/domain/csv.ts";
import type { TelemetryAnswer } from "#server/domain/telemetry-query.ts";
import type { Display } from "#server/domain/units.ts";

/**
 * What a chart shows as CSV (RFC 4180): a row for each point, times in UTC, values and unit as the
 * reader sees them.
 */
export function shownCsv(answer: TelemetryAnswer, units: (unit: string | null) => Display): string {
  const records = linesOf(answer, units).flatMap((line) => {
    const { device, group, metric, points } = line.answer;
    const { of, unit } = line.display;
    return points.map(([t, value, min, max, count]) => [
      new Date(t).toISOString(),
      device?.deviceId ?? null,
      group,
      metric,
      unit === "" ? null : unit,
      of(value),
      of(min),
      of(max),
      count,
    ]);
  });
  return csvFile(exploreText.csvColumns, records);
}
