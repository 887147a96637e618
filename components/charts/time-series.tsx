"use client";
import { ChartLine, Table2 } from "lucide-react";
import { useId, useMemo, useRef, useState } from "react";
import { useDrawUnseen } from "#components/charts/draw-unseen.ts";
import { HeldPlot } from "#components/charts/held-plot.tsx";
import { maxLines, maxSeries, type Series } from "#components/charts/series.ts";
import type { TimeSeriesProps } from "#components/charts/time-series-props.ts";
import { summaryOf } from "#components/charts/summary.ts";
import { ValueTable } from "#components/charts/value-table.tsx";
import { chartText } from "#components/strings/charts.ts";
import { Button } from "#components/ui/button.tsx";
import { useInView } from "#components/ui/use-in-view.ts";

/**
 * Lines over time with their min to max band; gaps stay gaps. Pointer and keyboard zoom and move;
 * charts within a CrosshairGroup share their crosshair. The same values are there as a table.
 */
export function TimeSeries({ height = 240, series: all, ...rest }: TimeSeriesProps) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  const spoken = useRef<HTMLOutputElement>(null);
  const figure = useRef<HTMLElement>(null);
  const isInView = useInView(figure, true);
  const isSeen = useDrawUnseen() || isInView;
  const series = useMemo(() => (all.length > maxLines ? all.slice(0, maxLines) : all), [all]);
  const summary = useMemo(
    () => summaryOf(rest.label, series, rest.unit),
    [rest.label, series, rest.unit],
  );
  const Icon = asTable ? ChartLine : Table2;
  const isEmpty =
    rest.tail === undefined &&
    series.every((each) => each.points.every((point) => point.v === null));
  return (
    <figure ref={figure} aria-labelledby={id} className="relative" data-chart={rest.label}>
      <figcaption id={id} className="sr-only">
        {summary}
      </figcaption>
      <output ref={spoken} aria-live="polite" className="sr-only" />
      {asTable ? (
        <ValueTable series={series} {...(rest.unit !== undefined && { unit: rest.unit })} />
      ) : (
        <div style={{ height }} className="relative" data-plot>
          <HeldPlot
            {...rest}
            isSeen={isSeen}
            series={series}
            height={height}
            say={(text) => {
              if (spoken.current !== null) spoken.current.textContent = text;
            }}
          />
          {isEmpty && (
            <p className="pointer-events-none absolute inset-0 flex items-center justify-center text-ink-3">
              {chartText.nothing}
            </p>
          )}
        </div>
      )}
      <div className="mt-1 flex items-center justify-between gap-4 text-xs text-ink-3">
        <Hint
          series={series}
          leftOut={all.length - series.length}
          zooms={rest.onZoom !== undefined && !asTable}
        />
        <Button variant="ghost" size="sm" className="ml-auto" onClick={() => setAsTable(!asTable)}>
          <Icon aria-hidden className="size-3.5" />
          {asTable ? chartText.asChart : chartText.asTable}
        </Button>
      </div>
    </figure>
  );
}

/** What is to be known of the lines; else how the chart is used. */
function Hint({
  series,
  leftOut,
  zooms,
}: {
  readonly series: readonly Series[];
  readonly leftOut: number;
  readonly zooms: boolean;
}) {
  const grey = series.filter((each, index) => (each.colour ?? index) >= maxSeries).length;
  if (grey === 0 && leftOut === 0) {
    return <span className="max-md:hidden">{zooms ? chartText.zoomHint : ""}</span>;
  }
  return (
    <span>
      {grey > 0 && chartText.greyLines(series.length - grey, series.length)}{" "}
      {leftOut > 0 && chartText.linesLeftOut(leftOut)}
    </span>
  );
}
