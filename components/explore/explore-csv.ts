import { linesOf } from "#components/explore/explore-charts.ts";
import { exploreText } from "#components/strings/explore.ts";
import { csvFile } from "#server/domain/csv.ts";
import type { Units } from "#components/units/units-provider.tsx";
import type { Aggregate, TelemetryAnswer } from "#server/domain/telemetry-query.ts";

/**
 * What a chart shows as CSV (RFC 4180): a row for each point, times in UTC, values and unit as the
 * reader sees them. Whole exports keep the unit of the schema.
 */
export function shownCsv(
  answer: TelemetryAnswer,
  units: Units,
  aggregate: Aggregate = "mean",
): string {
  const records = linesOf(answer, units, aggregate).flatMap((line) => {
    const { device, group, metric, points } = line.answer;
    const { of, unit } = line.readings;
    return points.map(([t, value, min, max, count]) => [
      new Date(t).toISOString(),
      device?.deviceId ?? null,
      group,
      metric,
      unit === "" ? null : unit,
      line.display.of(value),
      of(min),
      of(max),
      count,
    ]);
  });
  return csvFile(exploreText.csvColumns, records);
}
