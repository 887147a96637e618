"use client";
import type { Series, SeriesPoint } from "#components/charts/series.ts";
import { withUnit } from "#components/charts/summary.ts";
import { chartText } from "#components/strings/charts.ts";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { ExactTime } from "#components/ui/time.tsx";

const shownRows = 200;

/** The chart's values in rows, newest first. */
export function ValueTable({
  series,
  unit,
}: {
  readonly series: readonly Series[];
  readonly unit?: string;
}) {
  const times = [
    ...new Set(series.flatMap((each) => each.points.map((point) => point.t))),
  ].toSorted((a, b) => b - a);
  const byTime = series.map((each) => new Map(each.points.map((point) => [point.t, point])));
  return (
    <div>
      <Table>
        <thead>
          <Tr>
            <Th>{chartText.time}</Th>
            {series.map((each) => (
              <Th key={each.id} numeric>
                {each.label}
              </Th>
            ))}
          </Tr>
        </thead>
        <tbody>
          {times.slice(0, shownRows).map((t) => (
            <Tr key={t}>
              <Td>
                <ExactTime value={t} />
              </Td>
              {series.map((each, index) => (
                <Td key={each.id} numeric>
                  <Value
                    point={byTime[index]?.get(t)}
                    unit={each.unit ?? unit}
                    isFilled={each.filled === true}
                  />
                </Td>
              ))}
            </Tr>
          ))}
        </tbody>
      </Table>
      {times.length > shownRows && (
        <p className="px-3.5 py-2 text-sm text-ink-3">
          {chartText.newestRows(formatCount(shownRows), formatCount(times.length))}
        </p>
      )}
    </div>
  );
}

function Value({
  point,
  unit,
  isFilled,
}: {
  readonly isFilled: boolean;
  readonly point: SeriesPoint | undefined;
  readonly unit: string | undefined;
}) {
  if (point === undefined || point.v === null) {
    return <span className="text-ink-3">{chartText.noData}</span>;
  }
  const isBand =
    !isFilled &&
    typeof point.min === "number" &&
    typeof point.max === "number" &&
    point.min !== point.max;
  return (
    <>
      {withUnit(point.v, unit)}
      {isBand && (
        <span className="ml-2 text-sm text-ink-3">
          {chartText.range(withUnit(point.min ?? 0, unit), withUnit(point.max ?? 0, unit))}
        </span>
      )}
    </>
  );
}
