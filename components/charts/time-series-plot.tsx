"use client";
import { useState } from "react";
import {
  CartesianGrid,
  ComposedChart,
  ReferenceLine,
  ResponsiveContainer,
  XAxis,
  YAxis,
} from "recharts";
import { Crosshair } from "#components/charts/crosshair.tsx";
import { SeriesPaths } from "#components/charts/series-paths.tsx";
import { extentOf, type Threshold, type TimeRange } from "#components/charts/series.ts";
import { timeTickLabel, timeTicks, valueTicks } from "#components/charts/ticks.ts";
import type { TimeSeriesProps } from "#components/charts/time-series-props.ts";
import { formatNumber } from "#components/ui/format.ts";

const noRows: never[] = [];
/** What both axes share. Every tick is given, so recharts need not choose any. */
const axisLook = {
  type: "number",
  allowDataOverflow: true,
  interval: 0,
  tick: { fill: "var(--ink-3)", fontSize: 12 },
  tickLine: false,
  axisLine: false,
} as const;

/** The drawing of TimeSeries: axes and scales by recharts, the paths by us (gaps, bands, own times). */
export function TimeSeriesPlot({
  series,
  range,
  unit,
  onZoom,
  thresholds = [],
  height = 240,
}: TimeSeriesProps) {
  const [width, setWidth] = useState(600);
  const extent = extentOf(series, thresholds) ?? [0, 1];
  const values = valueTicks(extent[0], extent[1], Math.max(2, Math.floor(height / 52)));
  const times = timeTicks(range, Math.max(2, Math.floor(width / 96)));
  const span = range.to - range.from;
  const widest = Math.max(...values.map((value) => formatNumber(value).length));
  return (
    <ResponsiveContainer width="100%" height="100%" onResize={(next) => setWidth(next)}>
      <ComposedChart
        data={noRows}
        accessibilityLayer={false}
        margin={{ top: 8, right: series.length > 1 ? 108 : 24, bottom: 0, left: 0 }}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" horizontalValues={[...values]} />
        <XAxis
          {...axisLook}
          dataKey="t"
          domain={[range.from, range.to]}
          ticks={[...times]}
          tickFormatter={(at: number) => timeTickLabel(at, span)}
          height={26}
        />
        <YAxis
          {...axisLook}
          dataKey="v"
          domain={[values[0] ?? 0, values.at(-1) ?? 1]}
          ticks={[...values]}
          tickFormatter={(value: number) => formatNumber(value)}
          width={Math.max(36, widest * 7 + 12)}
        />
        <Limits thresholds={thresholds} />
        <SeriesPaths series={series} />
        <Crosshair
          series={series}
          {...(unit !== undefined && { unit })}
          {...(onZoom !== undefined && { onZoom: (wanted: TimeRange) => onZoom(wanted) })}
        />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function Limits({ thresholds }: { readonly thresholds: readonly Threshold[] }) {
  return thresholds.map(({ label, value }) => (
    <ReferenceLine
      key={label}
      y={value}
      stroke="var(--bad)"
      strokeDasharray="4 4"
      label={{ value: label, position: "insideBottomRight", fill: "var(--bad)", fontSize: 12 }}
    />
  ));
}
