"use client";
import { memo } from "react";
import { placeOfValue, type Frame } from "#components/charts/paths.ts";
import type { Threshold } from "#components/charts/series.ts";

/** Lines at limits with their words, above the line on the right. */
export const LimitLines = memo(function LimitLines({
  thresholds,
  frame,
}: {
  readonly thresholds: readonly Threshold[];
  readonly frame: Frame;
}) {
  const { area } = frame;
  const end = area.x + area.width;
  return thresholds.map(({ label, value, tone = "bad" }) => {
    const y = placeOfValue(frame, value);
    return (
      <g key={`${label} ${value}`}>
        <line x1={area.x} x2={end} y1={y} y2={y} stroke={`var(--${tone})`} strokeDasharray="4 4" />
        <text
          x={end - 4}
          y={y - 4 < area.y + 10 ? y + 14 : y - 4}
          textAnchor="end"
          fontSize={12}
          fill={`var(--${tone})`}
        >
          {label}
        </text>
      </g>
    );
  });
});
