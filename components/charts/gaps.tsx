"use client";
import { useMemo } from "react";
import type { Observed } from "#components/charts/observed.ts";
import { gapsOf, type Frame } from "#components/charts/paths.ts";
import type { Series, TimeRange } from "#components/charts/series.ts";
import { usePlace } from "#components/charts/use-view.ts";
import { chartText } from "#components/strings/charts.ts";

/** Where nothing was heard of a series, said so. */
export function Gaps({
  series,
  frame,
  shown,
}: {
  readonly series: Series;
  readonly frame: Frame;
  readonly shown: Observed<TimeRange>;
}) {
  const { area } = frame;
  const { range, place } = usePlace(shown, frame);
  const gaps = useMemo(() => gapsOf(series, range), [series, range]);
  return gaps.map((gap) => {
    const from = Math.max(area.x, place.x(gap.from));
    const to = Math.min(area.x + area.width, place.x(gap.to));
    return (
      <g key={gap.from}>
        <rect
          x={from}
          y={area.y}
          width={Math.max(0, to - from)}
          height={area.height}
          fill="var(--idle)"
          fillOpacity={0.1}
        />
        {to - from > 52 && (
          <text
            x={(from + to) / 2}
            y={area.y + 14}
            textAnchor="middle"
            fontSize={11}
            fill="var(--ink-3)"
          >
            {chartText.noData}
          </text>
        )}
      </g>
    );
  });
}
