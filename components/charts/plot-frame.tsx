"use client";
import { memo, useLayoutEffect } from "react";
import {
  CartesianGrid,
  ComposedChart,
  ResponsiveContainer,
  usePlotArea,
  XAxis,
  YAxis,
} from "recharts";
import type { Box } from "#components/charts/paths.ts";

const noRows: never[] = [];

/** What stands still while the range moves: grid and values. Drawn by recharts, seldom. */
export const PlotFrame = memo(function PlotFrame({
  ticks,
  domain,
  words,
  top,
  right,
  onArea,
}: {
  /** This and the others stay the same objects until something changes. */
  readonly ticks: readonly number[];
  readonly domain: readonly [low: number, high: number];
  readonly words: (value: number) => string;
  /** Pixels. */
  readonly top: number;
  readonly right: number;
  /** Hears where the plot inside of the axes is. */
  readonly onArea: (area: Box) => void;
}) {
  const [low, high] = domain;
  const widest = Math.max(...ticks.map((value) => words(value).length));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={noRows}
        accessibilityLayer={false}
        margin={{ top, right, bottom: 26, left: 0 }}
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
        <AreaProbe onArea={onArea} />
      </ComposedChart>
    </ResponsiveContainer>
  );
});

function AreaProbe({ onArea }: { readonly onArea: (area: Box) => void }) {
  const area = usePlotArea();
  const { x, y, width, height } = area ?? { x: 0, y: 0, width: 0, height: 0 };
  useLayoutEffect(() => onArea({ x, y, width, height }), [onArea, x, y, width, height]);
  return null;
}
