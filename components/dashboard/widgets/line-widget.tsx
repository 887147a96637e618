"use client";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { createLiveTail, type LiveTail } from "#components/charts/live-tail.ts";
import type { Series, Threshold } from "#components/charts/series.ts";
import { TimeSeries } from "#components/charts/time-series.tsx";
import { useFollow, useRange, useScope } from "#components/dashboard/dashboard-scope.tsx";
import {
  limitsIn,
  type ShownAnswer,
  type ShownSeries,
} from "#components/dashboard/shown-answer.ts";
import { widgetTitle } from "#components/dashboard/widget-title.ts";
import { useSelectionDevices } from "#components/dashboard/use-selection-devices.ts";
import {
  cutNote,
  seriesId,
  seriesName,
  sharedUnit,
  useEndsNow,
  useTelemetry,
  type WidgetInput,
} from "#components/dashboard/use-widget-data.ts";
import { Hollow, StaleNote, waitingFor } from "#components/dashboard/widgets/widget-states.tsx";
import { chartPoints } from "#components/explore/telemetry-query.ts";
import { useStable } from "#components/explore/use-stable.ts";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import { formatCount } from "#components/ui/format.ts";
import type { WidgetOf, WidgetThreshold } from "#server/domain/dashboard.ts";

type LineInput = WidgetInput<WidgetOf<"line"> | WidgetOf<"area">>;

/** Below the plot: the switch to the table, and a note. */
const underPlotPixels = 34;

/** Metrics over time; lines of single devices grow with what the devices say. */
export function LineWidget(input: LineInput) {
  const { widget } = input;
  const query = useTelemetry(input, {
    across: widget.across,
    aggregate: widget.aggregate,
    pixels: widget.w * 100,
  });
  const tail = useTail(input, query.data);
  const waiting = waitingFor(query);
  if (waiting !== undefined || query.data === undefined) return waiting ?? null;
  if (query.data.devices.matching === 0) {
    return <Hollow title={widgetText.noDevices} text={widgetText.noDevicesText} />;
  }
  if (query.data.series.length === 0) return <Hollow title={widgetText.nothing} />;
  return (
    <div>
      <Lines input={input} answer={query.data} {...(tail !== undefined && { tail })} />
      <StaleNote query={query} />
    </div>
  );
}

function Lines({
  input,
  answer,
  tail,
}: {
  readonly input: LineInput;
  readonly answer: ShownAnswer;
  readonly tail?: LiveTail;
}) {
  const { widget, height } = input;
  const { onZoom } = useScope();
  const { drawn } = useRange();
  const metrics = useStable(input.metrics);
  // The range moves on every second, and lines that are the same objects are not drawn anew for it.
  const series = useMemo(
    () => answer.series.map((each) => chartSeries(each, { widget, metrics })),
    [answer, widget, metrics],
  );
  const note = cutNote(answer, formatCount);
  const unit = sharedUnit(answer.series);
  return (
    <>
      <TimeSeries
        label={widgetTitle(widget)}
        range={drawn}
        height={Math.max(72, height - underPlotPixels - (note === undefined ? 0 : 18))}
        series={series}
        thresholds={limitsIn(widget.thresholds, answer.series[0]?.display).map(limitOf)}
        {...(tail !== undefined && { tail })}
        {...(unit !== undefined && { unit })}
        {...(onZoom !== undefined && { onZoom })}
      />
      {note !== undefined && <p className="truncate text-xs text-ink-3">{note}</p>}
    </>
  );
}

/** A threshold as a line with its word. */
function limitOf({ value, label, tone }: WidgetThreshold): Threshold {
  return { value, label: label === "" ? widgetText.limit : label, tone };
}

function chartSeries(
  series: ShownSeries,
  { widget, metrics }: Pick<LineInput, "widget" | "metrics">,
): Series {
  const { unit, type, gapMs } = series;
  return {
    id: seriesId(series),
    label: seriesName(series, { metrics }),
    points:
      widget.kind === "area" ? filled(series.points) : chartPoints(series.points, widget.aggregate),
    gapMs,
    step: type === "boolean",
    isSwitch: type === "boolean",
    ...(widget.kind === "area" && { filled: true }),
    ...(unit !== null && { unit }),
  };
}

/** The points with a band that reaches down, or up, to zero. */
function filled(points: ShownSeries["points"]): Series["points"] {
  return points.map(([t, v]) => ({ t, v, min: Math.min(0, v), max: Math.max(0, v) }));
}

/** What devices say after the answer was read. Only lines of single devices and values have one. */
function useTail({ widget, devices, metrics, active }: LineInput, answer: ShownAnswer | undefined) {
  const endsNow = useEndsNow();
  const follows = endsNow && widget.across === "each" && widget.aggregate !== "count";
  const known = useSelectionDevices(devices, { active: active && follows });
  const { values } = useScope();
  const [tail] = useState(createLiveTail);
  const shown = new Set(answer?.series.map(({ device }) => device?.id ?? ""));
  const followed = known.filter(({ id }) => shown.has(id));
  useFollow(widget.id, follows ? followed.map(({ id }) => id) : []);

  const displays = new Map(answer?.series.map((each) => [seriesId(each), each.display]));
  const shownNow = useEffectEvent((id: string, v: number) => displays.get(id)?.of(v) ?? v);

  const names = JSON.stringify([followed.map(({ key, id }) => [key, id]), metrics]);
  useEffect(() => {
    const [keys, fields] = JSON.parse(names) as [[string, string][], string[]];
    const idOf = new Map(keys);
    return values.onMessages((messages) => {
      tail.push(
        messages.flatMap(({ deviceKey, ts: t, values: said }) => {
          const id = idOf.get(deviceKey);
          if (id === undefined) return [];
          return fields.flatMap((field) => {
            const v = numberOf(said[field]);
            if (v === undefined) return [];
            const line = `${id}:${field}`;
            return [{ id: line, point: { t, v: shownNow(line, v) } }];
          });
        }),
      );
    });
  }, [names, tail, values]);

  // What the store has by now need not be drawn twice.
  useEffect(() => {
    if (answer === undefined) return;
    tail.forget(
      new Map(answer.series.map((each) => [seriesId(each), each.points.at(-1)?.[0] ?? 0])),
    );
  }, [answer, tail]);
  return follows ? tail : undefined;
}

function numberOf(value: number | boolean | string | undefined): number | undefined {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" ? value : undefined;
}
