import type { Series, Threshold, TimeRange } from "#components/charts/series.ts";

export type TimeSeriesProps = {
  /** What the chart shows: "Temperature". */
  readonly label: string;
  /** The newest first matters little; points within a series must ascend in time. */
  readonly series: readonly Series[];
  readonly range: TimeRange;
  readonly unit?: string;
  /** Dragging over the plot asks for a narrower range. */
  readonly onZoom?: (range: TimeRange) => void;
  readonly thresholds?: readonly Threshold[];
  /** Pixels of the plot. */
  readonly height?: number;
};
