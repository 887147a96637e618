"use client";
import { ChartLine, Table2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useId, useState } from "react";
import { maxSeries } from "#components/charts/series.ts";
import type { TimeSeriesProps } from "#components/charts/time-series-props.ts";
import { summaryOf } from "#components/charts/summary.ts";
import { ValueTable } from "#components/charts/value-table.tsx";
import { chartText } from "#components/strings/charts.ts";
import { Button } from "#components/ui/button.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

// The drawing library is fetched when a chart is shown, and draws in the browser only.
const Plot = dynamic(
  () => import("#components/charts/time-series-plot.tsx").then((file) => file.TimeSeriesPlot),
  { ssr: false, loading: () => <Skeleton className="size-full opacity-40" /> },
);

/** Lines over time with their min to max band; gaps stay gaps. The same values are there as a table. */
export function TimeSeries({ height = 240, series: all, ...rest }: TimeSeriesProps) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  const series = all.slice(0, maxSeries);
  const Icon = asTable ? ChartLine : Table2;
  const isEmpty = series.every((each) => each.points.every((point) => point.v === null));
  return (
    <figure aria-labelledby={id} className="relative">
      <figcaption id={id} className="sr-only">
        {summaryOf(rest.label, series, rest.unit)}
      </figcaption>
      {asTable ? (
        <ValueTable series={series} {...(rest.unit !== undefined && { unit: rest.unit })} />
      ) : (
        <div style={{ height }} className="relative">
          <Plot {...rest} series={series} height={height} />
          {isEmpty && (
            <p className="absolute inset-0 flex items-center justify-center text-ink-3">
              {chartText.nothing}
            </p>
          )}
        </div>
      )}
      <div className="mt-1 flex items-center justify-between text-xs text-ink-3">
        <span className="max-md:invisible">
          {rest.onZoom !== undefined && !asTable ? chartText.zoomHint : ""}
        </span>
        <Button variant="ghost" size="sm" onClick={() => setAsTable(!asTable)}>
          <Icon aria-hidden className="size-3.5" />
          {asTable ? chartText.asChart : chartText.asTable}
        </Button>
      </div>
    </figure>
  );
}
