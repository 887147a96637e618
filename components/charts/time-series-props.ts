import type { LiveTail } from "#components/charts/live-tail.ts";
import type { Annotation, Series, Threshold, TimeRange } from "#components/charts/series.ts";

export type TimeSeriesProps = {
  /** What the chart shows: "Temperature". */
  readonly label: string;
  /** Points within a series must ascend in time. Keep the objects that did not change. */
  readonly series: readonly Series[];
  readonly range: TimeRange;
  readonly unit?: string;
  /** Dragging, the wheel and the keyboard ask for another range; absent: the chart stands still. */
  readonly onZoom?: (range: TimeRange) => void;
  readonly thresholds?: readonly Threshold[];
  /** Marks along the top that tell their text when they are pointed at or focused. */
  readonly annotations?: readonly Annotation[];
  /** A mark was chosen. */
  readonly onAnnotation?: (annotation: Annotation) => void;
  /** A note is wanted at this instant: `n` on the keyboard, a double click. */
  readonly onAnnotate?: (at: number) => void;
  /** What came since the series were read. */
  readonly tail?: LiveTail;
  /** Id of the series that stands out; the others fade. */
  readonly highlight?: string | null;
  /** Pixels of the plot. */
  readonly height?: number;
};
