"use client";
import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useCallback } from "react";
import { useRange, useScope } from "#components/dashboard/dashboard-scope.tsx";
import { shownAnswer, type ShownAnswer } from "#components/dashboard/shown-answer.ts";
import { telemetryQuery } from "#components/explore/telemetry-query.ts";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import { useUnits } from "#components/units/units-provider.tsx";
import type { MeasuredWidget } from "#server/domain/dashboard.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import type {
  Aggregate,
  TelemetryAnswer,
  TelemetrySeries,
} from "#server/domain/telemetry-query.ts";

/** What a widget is given once its variables have values. */
export type WidgetInput<W> = {
  readonly widget: W;
  readonly devices: DeviceSelection;
  readonly metrics: readonly string[];
  /** It is on screen: only then it asks. */
  readonly active: boolean;
  /** Pixels that its content has. */
  readonly height: number;
};

/** How long an answer of a range that moves on is worth keeping. */
const keptMs = 15_000;

/**
 * The answer for a widget's devices and metrics, in the reader's units. `back`: for the range before
 * this one.
 */
export function useTelemetry(
  { devices, metrics, active }: Omit<WidgetInput<MeasuredWidget>, "widget" | "height">,
  question: {
    readonly across: "each" | "all" | "profile" | "tag";
    readonly aggregate: Aggregate;
    readonly pixels: number;
    readonly back?: boolean;
    readonly statistics?: boolean;
  },
): UseQueryResult<ShownAnswer> {
  const { asked } = useRange();
  const span = asked.to - asked.from;
  const { back = false, ...rest } = question;
  const select = useShown(question.aggregate);
  const at = back ? { from: asked.from - span, to: asked.from } : asked;
  return useQuery({
    ...telemetryQuery({ devices, metrics: [...metrics], ...at, ...rest }),
    select,
    enabled: active && metrics.length > 0,
    placeholderData: keepPreviousData,
    gcTime: keptMs,
    staleTime: keptMs,
  });
}

/** What makes an answer what its reader sees; the same function until the units change. */
function useShown(aggregate: Aggregate) {
  const units = useUnits();
  return useCallback(
    (answer: TelemetryAnswer) => shownAnswer(answer, units, aggregate),
    [units, aggregate],
  );
}

/** Whether the dashboard's range ends now, so that live values belong to it. */
export function useEndsNow(): boolean {
  return "last" in useScope().choice.range;
}

/** What a line is called: by what tells it from the others. */
export function seriesName(
  { device, group, metric }: TelemetrySeries,
  { metrics }: { readonly metrics: readonly string[] },
): string {
  const who = device?.name ?? group ?? "";
  if (who === "") return metric;
  return metrics.length > 1 ? `${who} · ${metric}` : who;
}

export function seriesId({ device, group, metric }: TelemetrySeries): string {
  return `${device?.id ?? group ?? "all"}:${metric}`;
}

/** The unit that all lines share; none where they differ. */
export function sharedUnit(series: readonly Pick<TelemetrySeries, "unit">[]): string | undefined {
  const [first, ...others] = series;
  if (first === undefined || first.unit === null) return undefined;
  return others.every(({ unit }) => unit === first.unit) ? first.unit : undefined;
}

/** That not all devices are drawn; undefined when they are. */
export function cutNote(
  answer: Pick<TelemetryAnswer, "devices"> | undefined,
  count: (n: number) => string,
): string | undefined {
  if (answer === undefined || answer.devices.shown >= answer.devices.matching) return undefined;
  return widgetText.lines(count(answer.devices.shown), count(answer.devices.matching));
}
