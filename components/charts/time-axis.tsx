"use client";
import type { Observed } from "#components/charts/observed.ts";
import type { Frame } from "#components/charts/paths.ts";
import type { TimeRange } from "#components/charts/series.ts";
import { timeTickLabel, timeTicks } from "#components/charts/ticks.ts";
import { usePlace } from "#components/charts/use-view.ts";

/** Pixels that a label takes with the air around it: seconds and years are longer. */
const roomOf = (span: number) => (span < 10 * 60_000 || span > 120 * 86_400_000 ? 88 : 60);

/** Times below the plot. Not the library's axis: this one moves with every frame of a drag. */
export function TimeAxis({
  frame,
  shown,
}: {
  readonly frame: Frame;
  readonly shown: Observed<TimeRange>;
}) {
  const { area } = frame;
  const { range, place } = usePlace(shown, frame);
  const span = range.to - range.from;
  const ticks = timeTicks(range, Math.max(2, Math.floor(area.width / roomOf(span))));
  const end = area.x + area.width;
  return (
    <g aria-hidden fontSize={12} fill="var(--ink-3)">
      {ticks.map((at) => {
        const x = place.x(at);
        // At the edges a label would be cut off.
        const anchor = x < area.x + 18 ? "start" : x > end - 18 ? "end" : "middle";
        return (
          <text key={at} x={x} y={area.y + area.height + 18} textAnchor={anchor}>
            {timeTickLabel(at, span)}
          </text>
        );
      })}
    </g>
  );
}
