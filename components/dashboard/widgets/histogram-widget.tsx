"use client";
import { binsOf, type Bin } from "#components/dashboard/fold-points.ts";
import {
  cutNote,
  sharedUnit,
  useTelemetry,
  type WidgetInput,
} from "#components/dashboard/use-widget-data.ts";
import { Hollow, StaleNote, waitingFor } from "#components/dashboard/widgets/widget-states.tsx";
import { withUnit } from "#components/charts/summary.ts";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import { formatCount } from "#components/ui/format.ts";
import type { WidgetOf } from "#server/domain/dashboard.ts";

/** Words under the bars. */
const footPixels = 44;

/** How the values of the range are spread. Where readings are rolled up, their means are counted. */
export function HistogramWidget(input: WidgetInput<WidgetOf<"histogram">>) {
  const { widget, height } = input;
  const query = useTelemetry(input, { across: "each", aggregate: "mean", pixels: 500 });
  const waiting = waitingFor(query);
  if (waiting !== undefined) return waiting;
  const series = query.data?.series ?? [];
  const bins = binsOf(
    series.map(({ points }) => points),
    widget.bins,
  );
  const [first] = bins;
  const last = bins.at(-1);
  if (first === undefined || last === undefined) return <Hollow title={widgetText.nothing} />;
  const unit = sharedUnit(series);
  const readings = bins.reduce((sum, { count }) => sum + count, 0);
  return (
    <div>
      <BinBars bins={bins} unit={unit} height={Math.max(48, height - footPixels)} />
      <p className="flex justify-between text-xs text-ink-3 tabular-nums">
        <span>{withUnit(first.from, unit)}</span>
        <span>
          {cutNote(query.data, formatCount) ?? widgetText.readings(formatCount(readings))}
        </span>
        <span>{withUnit(last.to, unit)}</span>
      </p>
      <StaleNote query={query} />
    </div>
  );
}

function BinBars({
  bins,
  unit,
  height,
}: {
  readonly bins: readonly Bin[];
  readonly unit: string | undefined;
  readonly height: number;
}) {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  return (
    <ol className="mb-1 flex items-end gap-px border-b border-line-strong" style={{ height }}>
      {bins.map(({ from, to, count }) => {
        const words = widgetText.histogramLabel(
          withUnit(from, unit),
          withUnit(to, unit),
          formatCount(count),
        );
        return (
          <li key={from} title={words} className="flex h-full min-w-0 flex-1 items-end">
            <span className="sr-only">{words}</span>
            <span
              aria-hidden
              className="w-full bg-series-1"
              style={{ height: count === 0 ? 0 : Math.max(2, (count / most) * (height - 4)) }}
            />
          </li>
        );
      })}
    </ol>
  );
}
