"use client";
import { memo, useMemo } from "react";
import { CrosshairGroup } from "#components/charts/crosshair-group.tsx";
import type { LiveTail } from "#components/charts/live-tail.ts";
import type { TimeRange } from "#components/charts/series.ts";
import { TimeSeries } from "#components/charts/time-series.tsx";
import type { ExploreChart } from "#components/explore/explore-charts.ts";
import type { DrawnMark } from "#components/explore/explore-marks.ts";
import type { Layout } from "#components/explore/explore-state.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";

type Shared = {
  readonly range: TimeRange;
  readonly tail: LiveTail | undefined;
  readonly highlight: string | null;
  readonly onZoom: (range: TimeRange) => void;
  readonly onMark: (mark: DrawnMark) => void;
  readonly onAnnotate: ((at: number) => void) | undefined;
};

/** The charts, one below the other or side by side, with one crosshair. */
export function ExploreChartsList({
  charts,
  marks,
  layout,
  ...shared
}: Shared & {
  readonly charts: readonly ExploreChart[];
  readonly marks: readonly DrawnMark[];
  readonly layout: Layout;
}) {
  const isSmall = layout !== "overlaid" && charts.length > 1;
  return (
    <CrosshairGroup>
      <div className={isSmall ? "grid gap-4 xl:grid-cols-2" : "flex flex-col gap-4"}>
        {charts.map((chart) => (
          <ChartPanel
            key={chart.id}
            chart={chart}
            marks={marks}
            height={isSmall ? 190 : charts.length > 1 ? 260 : 360}
            {...shared}
          />
        ))}
      </div>
    </CrosshairGroup>
  );
}

const ChartPanel = memo(function ChartPanel({
  chart,
  marks,
  height,
  tail,
  onMark,
  onAnnotate,
  ...rest
}: Shared & {
  readonly chart: ExploreChart;
  readonly marks: readonly DrawnMark[];
  readonly height: number;
}) {
  const { id, title, unit, series, thresholds } = chart;
  const annotations = useMemo(() => {
    const devices = new Set(series.map((each) => each.id.slice(0, each.id.indexOf("/"))));
    return marks.filter(({ mark }) => mark.device === null || devices.has(mark.device.id));
  }, [marks, series]);
  const headingId = `chart-${id}`;
  return (
    <Card labelledBy={headingId} className="min-w-0">
      <CardHeader id={headingId} title={title} />
      <CardBody>
        <TimeSeries
          label={title}
          unit={unit}
          series={series}
          thresholds={thresholds}
          annotations={annotations}
          height={height}
          onAnnotation={({ id: chosen }) => {
            const mark = annotations.find((each) => each.id === chosen);
            if (mark !== undefined) onMark(mark);
          }}
          {...(onAnnotate !== undefined && { onAnnotate })}
          {...(tail !== undefined && { tail })}
          {...rest}
        />
      </CardBody>
    </Card>
  );
});
