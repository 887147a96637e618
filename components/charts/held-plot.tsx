"use client";
import dynamic from "next/dynamic";
import { memo, useMemo, type ComponentProps } from "react";
import type { TimeSeriesPlot } from "#components/charts/time-series-plot.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

// The drawing library is fetched when a chart is shown, and draws in the browser only.
const Plot = dynamic(
  () => import("#components/charts/time-series-plot.tsx").then((file) => file.TimeSeriesPlot),
  { ssr: false, loading: () => <Skeleton className="size-full opacity-40" /> },
);

type HeldPlotProps = ComponentProps<typeof TimeSeriesPlot> & {
  /** While false, and false again, nothing is drawn: what stands there is of when it was true. */
  readonly isSeen: boolean;
};

const hearNothing = () => () => undefined;

/**
 * The plot of a chart, which stands still while nobody sees it: of a page with fifty live charts,
 * the six on screen have the processor for themselves.
 */
export const HeldPlot = memo(
  function HeldPlot({ isSeen, tail, ...props }: HeldPlotProps) {
    const heard = useMemo(
      () => (isSeen || tail === undefined ? tail : { ...tail, subscribe: hearNothing }),
      [isSeen, tail],
    );
    return <Plot {...props} {...(heard !== undefined && { tail: heard })} />;
  },
  (before, after) => !before.isSeen && !after.isSeen,
);
