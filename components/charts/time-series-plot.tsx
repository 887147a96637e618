"use client";
import { useCallback, useMemo, useState, useSyncExternalStore } from "react";
import type { Box } from "#components/charts/paths.ts";
import { PlotFrame } from "#components/charts/plot-frame.tsx";
import { PlotLayers } from "#components/charts/plot-layers.tsx";
import { extentOf, maxSeries, type Series, type Threshold } from "#components/charts/series.ts";
import { valueTicks } from "#components/charts/ticks.ts";
import type { TimeSeriesProps } from "#components/charts/time-series-props.ts";
import { chartText } from "#components/strings/charts.ts";
import { formatNumber } from "#components/ui/format.ts";

const noThresholds: readonly Threshold[] = [];
const unchanging = () => () => undefined;

/** The first ones have their names beside their ends. */
function hasEndLabels(series: readonly Series[]): boolean {
  return series.filter(({ dashed }) => dashed !== true).length > 1;
}

type Given = Pick<TimeSeriesProps, "series" | "tail" | "height"> & {
  readonly thresholds: readonly Threshold[];
};

/** The ticks of the axis of values, as text: the same until live values reach beyond them. */
function useTicks({ series, thresholds, tail, height = 240 }: Given): string {
  const stored = useMemo(() => extentOf(series, thresholds), [series, thresholds]);
  const ids = useMemo(() => series.map(({ id }) => id), [series]);
  function ticksWith(live: string): string {
    const ends = [...(stored ?? []), ...(live === "" ? [] : live.split(":").map(Number))];
    const [low, high] = ends.length === 0 ? [0, 1] : [Math.min(...ends), Math.max(...ends)];
    return valueTicks(low, high, Math.max(2, Math.floor(height / 52))).join(" ");
  }
  return useSyncExternalStore(
    tail?.subscribe ?? unchanging,
    () => ticksWith(tail?.extent(ids) ?? ""),
    () => ticksWith(""),
  );
}

const switchTicks = [0, 1];
const switchDomain = [-0.08, 1.08] as const;
const switchWords = (value: number) => (value === 1 ? chartText.on : chartText.off);
const numberWords = (value: number) => formatNumber(value);

/** What the axis of values reaches over, its ticks, and how they are written. */
function useValues(given: Given) {
  const { series } = given;
  const areSwitches = series.length > 0 && series.every(({ isSwitch }) => isSwitch === true);
  const text = useTicks(given);
  return useMemo(() => {
    if (areSwitches) return { ticks: switchTicks, domain: switchDomain, words: switchWords };
    const ticks = text.split(" ").map(Number);
    return {
      ticks,
      domain: [ticks[0] ?? 0, ticks.at(-1) ?? 1] as const,
      words: numberWords,
    };
  }, [areSwitches, text]);
}

/** The drawing of TimeSeries: values and grid by recharts, everything that moves by us. */
export function TimeSeriesPlot({
  thresholds = noThresholds,
  say,
  ...props
}: TimeSeriesProps & { readonly say: (text: string) => void }) {
  const values = useValues({ ...props, thresholds });
  const [area, setArea] = useState<Box | null>(null);
  const onArea = useCallback((next: Box) => setArea(next.width > 0 ? next : null), []);
  return (
    <>
      <PlotFrame
        {...values}
        top={props.annotations === undefined ? 8 : 20}
        right={hasEndLabels(props.series.slice(0, maxSeries + 1)) ? 108 : 24}
        onArea={onArea}
      />
      {area !== null && (
        <PlotLayers {...props} {...{ thresholds, area, say }} domain={values.domain} />
      )}
    </>
  );
}
