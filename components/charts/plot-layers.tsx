"use client";
import { useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { instantText } from "#components/charts/annotation-words.ts";
import { AnnotationMarks } from "#components/charts/annotation-marks.tsx";
import { Crosshair } from "#components/charts/crosshair.tsx";
import { useCrosshair, type CrosshairStore } from "#components/charts/crosshair-group.tsx";
import { EndLabels } from "#components/charts/end-labels.tsx";
import { Gaps } from "#components/charts/gaps.tsx";
import { keyAct, type KeyAct } from "#components/charts/keyboard.ts";
import { LimitLines } from "#components/charts/limit-lines.tsx";
import { createObserved } from "#components/charts/observed.ts";
import type { Box, Frame } from "#components/charts/paths.ts";
import { PointerSurface, type Gestures } from "#components/charts/pointer-surface.tsx";
import { rowsAt } from "#components/charts/rows-at.ts";
import { Selection, type Marked } from "#components/charts/selection.tsx";
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

/** Everything of a chart that moves with the range or the pointer, over the frame that stands still. */
export function PlotLayers({
  area,
  domain: [low, high],
  ...props
}: LayerProps & { readonly area: Box }) {
  const frame = useMemo<Frame>(() => ({ area, values: [low, high] }), [area, low, high]);
  const view = useView(props.range, props.onZoom);
  const hint = useId();
  const { series, tail, annotations = [] } = props;
  const { shown, base } = view;
  const unit = props.unit === undefined ? {} : { unit: props.unit };
  const { store, chart, marked, gestures, onKeyDown } = useGestures({ ...props, area, view });
  return (
    // It has the focus and takes keys: to those who do not see it, it reads the values out.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="application"
      aria-label={chartText.chart(props.label)}
      aria-roledescription="chart"
      aria-describedby={hint}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="absolute inset-0 outline-none select-none [&:focus-visible>[data-focus]]:opacity-100"
      onKeyDown={onKeyDown}
    >
      <p id={hint} hidden>
        {props.onAnnotate === undefined
          ? chartText.keyHint
          : `${chartText.keyHint} ${chartText.noteHint}`}
      </p>
      <FocusRing area={area} />
      <svg className="absolute inset-0 size-full overflow-visible">
        <TimeAxis {...{ frame, shown }} />
        <LimitLines thresholds={props.thresholds} frame={frame} />
        <LinesText {...{ series, frame, shown }} />
      </svg>
      <SeriesPaths {...{ series, frame, base, shown }} highlight={props.highlight ?? null} />
      {tail !== undefined && <TailPaths {...{ series, tail, frame, base, shown }} />}
      <Selection marked={marked} area={area} />
      <Crosshair {...{ store, chart, series, tail, frame, shown }} {...unit} />
      <PointerSurface area={area} zooms={props.onZoom !== undefined} gestures={gestures} />
      {annotations.length > 0 && (
        <svg className="pointer-events-none absolute inset-0 size-full overflow-visible">
          <AnnotationMarks {...{ annotations, frame, shown }} onChoose={props.onAnnotation} />
        </svg>
      )}
    </div>
  );
}

function FocusRing({ area }: { readonly area: Box }) {
  return (
    <div
      data-focus
      className="pointer-events-none absolute border-2 border-accent opacity-0"
      style={{ left: area.x - 1, top: area.y - 1, width: area.width + 2, height: area.height + 2 }}
    />
  );
}

/** Names at the ends of several lines; the gaps of a single one: of more they would be a thicket. */
function LinesText({
  series,
  frame,
  shown,
}: Pick<LayerProps, "series"> & { readonly frame: Frame; readonly shown: View["shown"] }) {
  const [only, ...more] = series.filter(({ dashed }) => dashed !== true);
  if (only === undefined) return null;
  return more.length === 0 ? (
    <Gaps series={only} {...{ frame, shown }} />
  ) : (
    <EndLabels {...{ series, frame }} />
  );
}

type GestureProps = Omit<LayerProps, "domain"> & { readonly area: Box; readonly view: View };

/** What pointer and keyboard do to the range and to the crosshair. */
function useGestures(props: GestureProps) {
  const { area, view, onAnnotate } = props;
  const chart = useId();
  const store = useCrosshair();
  const [marked] = useState(() => createObserved<Marked | null>(null));
  const panned = useRef<TimeRange>(props.range);
  function instantAt(pixel: number): number {
    const { from, to } = view.shown.get();
    return from + ((pixel - area.x) / area.width) * (to - from);
  }
  const gestures: Gestures = {
    onMove: (pixel) => store.set({ at: instantAt(pixel), by: chart }),
    onLeave: () => store.set(null),
    onMark: marked.set,
    onSelect: (start, end) =>
      view.ask({ from: Math.round(instantAt(start)), to: Math.round(instantAt(end)) }),
    onPan: (pixels, phase) => {
      if (phase === "start") panned.current = view.shown.get();
      const range = panBy(panned.current, -pixels / area.width);
      if (phase === "end") view.ask(range);
      else view.show(range, "held");
    },
    onWheel: (pixel, turn) => {
      const now = view.shown.get();
      const next =
        turn.zoom === 0
          ? panBy(now, turn.pan / 1_000)
          : zoomAround(now, instantAt(pixel), Math.exp(turn.zoom / 400));
      view.show(next, "later");
    },
    onDoubleClick: (pixel) => onAnnotate?.(Math.round(instantAt(pixel))),
  };
  return { store, chart, marked, gestures, onKeyDown: keyHandler(props, { store, chart }) };
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
    const act = keyAct(event, view.shown.get(), store.get()?.at ?? null);
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
