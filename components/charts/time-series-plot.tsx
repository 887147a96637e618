"use client";
import { useMemo, useSyncExternalStore } from "react";
import { CartesianGrid, ComposedChart, ResponsiveContainer, XAxis, YAxis } from "recharts";
import { PlotLayers } from "#components/charts/plot-layers.tsx";
import { extentOf, maxSeries, type Series, type Threshold } from "#components/charts/series.ts";
import { valueTicks } from "#components/charts/ticks.ts";
import type { TimeSeriesProps } from "#components/charts/time-series-props.ts";
import { chartText } from "#components/strings/charts.ts";
import { formatNumber } from "#components/ui/format.ts";

const noRows: never[] = [];
const noThresholds: readonly Threshold[] = [];
const unchanging = () => () => undefined;

/** The first ones have their names beside their ends. */
function hasEndLabels(series: readonly Series[]): boolean {
  return series.filter(({ dashed }) => dashed !== true).length > 1;
}

/** What the axis of values reaches over, and its ticks. */
function useValues({
  series,
  thresholds = noThresholds,
  tail,
  height = 240,
}: Pick<TimeSeriesProps, "series" | "thresholds" | "tail" | "height">) {
  const live = useSyncExternalStore(
    tail?.subscribe ?? unchanging,
    () => tail?.extent(series.map(({ id }) => id)) ?? "",
    () => "",
  );
  const stored = useMemo(() => extentOf(series, thresholds), [series, thresholds]);
  const areSwitches = series.length > 0 && series.every(({ isSwitch }) => isSwitch === true);
  if (areSwitches) return { areSwitches, ticks: [0, 1], domain: [-0.08, 1.08] as const };
  const ends = [...(stored ?? []), ...(live === "" ? [] : live.split(":").map(Number))];
  const [low, high] = ends.length === 0 ? [0, 1] : [Math.min(...ends), Math.max(...ends)];
  const ticks = valueTicks(low, high, Math.max(2, Math.floor(height / 52)));
  return { areSwitches, ticks, domain: [ticks[0] ?? 0, ticks.at(-1) ?? 1] as const };
}

/** The drawing of TimeSeries: values and grid by recharts, everything that moves with the range by us. */
export function TimeSeriesPlot({
  thresholds = noThresholds,
  say,
  ...props
}: TimeSeriesProps & { readonly say: (text: string) => void }) {
  const { areSwitches, ticks, domain } = useValues({ ...props, thresholds });
  const words = (value: number) => {
    if (areSwitches) return value === 1 ? chartText.on : chartText.off;
    return formatNumber(value);
  };
  const widest = Math.max(...ticks.map((value) => words(value).length));
  const [low, high] = domain;
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={noRows}
        accessibilityLayer={false}
        margin={{
          top: props.annotations === undefined ? 8 : 20,
          right: hasEndLabels(props.series.slice(0, maxSeries + 1)) ? 108 : 24,
          bottom: 26,
          left: 0,
        }}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" horizontalValues={[...ticks]} />
        <XAxis hide type="number" dataKey="t" domain={[0, 1]} />
        <YAxis
          type="number"
          dataKey="v"
          allowDataOverflow
          interval={0}
          tick={{ fill: "var(--ink-3)", fontSize: 12 }}
          tickLine={false}
          axisLine={false}
          domain={[low, high]}
          ticks={[...ticks]}
          tickFormatter={words}
          width={Math.max(36, widest * 7 + 12)}
        />
        <PlotLayers {...props} thresholds={thresholds} domain={domain} say={say} />
      </ComposedChart>
    </ResponsiveContainer>
  );
}
