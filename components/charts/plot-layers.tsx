"use client";
import { useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { usePlotArea } from "recharts";
import { instantText } from "#components/charts/annotation-words.ts";
import { AnnotationMarks } from "#components/charts/annotation-marks.tsx";
import { Crosshair, rowsAt } from "#components/charts/crosshair.tsx";
import { useCrosshair, type CrosshairStore } from "#components/charts/crosshair-group.tsx";
import { keyAct, type KeyAct } from "#components/charts/keyboard.ts";
import { LimitLines } from "#components/charts/limit-lines.tsx";
import { linearPlace, type Box } from "#components/charts/paths.ts";
import { PointerSurface, type Gestures } from "#components/charts/pointer-surface.tsx";
import { SeriesPaths } from "#components/charts/series-paths.tsx";
import type { Threshold, TimeRange } from "#components/charts/series.ts";
import { valueWords } from "#components/charts/summary.ts";
import { TailPaths } from "#components/charts/tail-paths.tsx";
import { TimeAxis } from "#components/charts/time-axis.tsx";
import type { TimeSeriesProps } from "#components/charts/time-series-props.ts";
import { useView, type View } from "#components/charts/use-view.ts";
import { panBy, zoomAround } from "#components/charts/view.ts";
import { chartText } from "#components/strings/charts.ts";

type LayerProps = Omit<TimeSeriesProps, "height" | "thresholds"> & {
  readonly thresholds: readonly Threshold[];
  readonly domain: readonly [number, number];
  /** Reads a sentence to those who do not see the chart. */
  readonly say: (text: string) => void;
};

/** Everything of a chart that moves with the range, on the plot of the surrounding chart. */
export function PlotLayers(props: LayerProps) {
  const area = usePlotArea();
  if (area === undefined || area.width <= 0) return null;
  return <Layers {...props} area={area} />;
}

function Layers({
  area: given,
  domain: [low, high],
  ...props
}: LayerProps & { readonly area: Box }) {
  const { x, y, width, height } = given;
  const area = useMemo(() => ({ x, y, width, height }), [x, y, width, height]);
  const view = useView(props.range, props.onZoom);
  const hint = useId();
  const { from, to } = view.range;
  const range = useMemo(() => ({ from, to }), [from, to]);
  const place = useMemo(() => linearPlace(area, range, [low, high]), [area, range, low, high]);
  const { series, tail, annotations = [], highlight = null } = props;
  const unit = props.unit === undefined ? {} : { unit: props.unit };
  const { store, chart, mark, gestures, onKeyDown } = useGestures({ ...props, area, view });
  return (
    <g
      role="application"
      aria-label={chartText.chart(props.label)}
      aria-roledescription="chart"
      aria-describedby={hint}
      tabIndex={0}
      className="outline-none [&:focus-visible>rect[data-focus]]:opacity-100"
      onKeyDown={onKeyDown}
    >
      <desc id={hint}>
        {props.onAnnotate === undefined
          ? chartText.keyHint
          : `${chartText.keyHint} ${chartText.noteHint}`}
      </desc>
      <rect
        data-focus
        {...area}
        fill="none"
        stroke="var(--accent)"
        strokeWidth={2}
        className="opacity-0"
      />
      <TimeAxis {...{ area, range, place }} />
      <LimitLines thresholds={props.thresholds} area={area} place={place} />
      <SeriesPaths {...{ series, highlight, area, range, place }} />
      {tail !== undefined && <TailPaths {...{ series, tail, area, range, place }} />}
      {mark !== null && (
        <rect
          x={Math.min(mark.from, mark.to)}
          y={y}
          width={Math.abs(mark.to - mark.from)}
          height={height}
          fill="var(--accent)"
          fillOpacity={0.14}
        />
      )}
      <Crosshair {...{ store, chart, series, tail, place, area }} {...unit} />
      <PointerSurface area={area} zooms={props.onZoom !== undefined} gestures={gestures} />
      <AnnotationMarks {...{ annotations, area, place }} onChoose={props.onAnnotation} />
    </g>
  );
}

type Mark = { readonly from: number; readonly to: number };
type GestureProps = Omit<LayerProps, "domain"> & { readonly area: Box; readonly view: View };

/** What pointer and keyboard do to the range and to the crosshair. */
function useGestures(props: GestureProps) {
  const { area, view, onAnnotate } = props;
  const chart = useId();
  const store = useCrosshair();
  const [mark, setMark] = useState<Mark | null>(null);
  const panned = useRef<TimeRange>(view.range);
  const { from, to } = view.range;
  const instantAt = (pixel: number) => from + ((pixel - area.x) / area.width) * (to - from);
  const gestures: Gestures = {
    onMove: (pixel) => store.set({ at: instantAt(pixel), by: chart }),
    onLeave: () => store.set(null),
    onMark: setMark,
    onSelect: (start, end) =>
      view.ask({ from: Math.round(instantAt(start)), to: Math.round(instantAt(end)) }),
    onPan: (pixels, phase) => {
      if (phase === "start") panned.current = view.range;
      const range = panBy(panned.current, -pixels / area.width);
      if (phase === "end") view.ask(range);
      else view.show(range, "held");
    },
    onWheel: (pixel, turn) => {
      const next =
        turn.zoom === 0
          ? panBy(view.range, turn.pan / 1_000)
          : zoomAround(view.range, instantAt(pixel), Math.exp(turn.zoom / 400));
      view.show(next, "later");
    },
    onDoubleClick: (pixel) => onAnnotate?.(Math.round(instantAt(pixel))),
  };
  return { store, chart, mark, gestures, onKeyDown: keyHandler(props, { store, chart }) };
}

/** Handles the keys of a chart that has the focus. */
function keyHandler(
  { view, onZoom, onAnnotate, ...shown }: GestureProps,
  { store, chart }: { readonly store: CrosshairStore; readonly chart: string },
) {
  /** Whether it was done. */
  function perform(act: KeyAct): boolean {
    switch (act.kind) {
      case "point":
        store.set({ at: act.at, by: chart });
        shown.say(wordsAt(shown, act.at));
        return true;
      case "leave":
        store.set(null);
        return true;
      case "annotate":
        onAnnotate?.(act.at);
        return onAnnotate !== undefined;
      case "show":
        if (onZoom !== undefined) view.show(act.range, "later");
        return onZoom !== undefined;
    }
  }
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keyAct(event, view.range, store.get()?.at ?? null);
    if (act === undefined || !perform(act)) return;
    event.preventDefault();
    event.stopPropagation();
  };
}

/** The values at an instant in a sentence. */
function wordsAt(
  { series, tail, unit }: Pick<LayerProps, "series" | "tail" | "unit">,
  at: number,
): string {
  const values = rowsAt(series, tail, at).map(({ series: each, point: { v } }) =>
    chartText.seriesValue(each.label, valueWords(each, v ?? 0, each.unit ?? unit)),
  );
  const time = instantText(at);
  return values.length === 0
    ? chartText.nothingAt(time)
    : chartText.valuesAt(time, values.join(", "));
}
