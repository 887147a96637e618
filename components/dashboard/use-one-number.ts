"use client";
import { useFollow, useScope } from "#components/dashboard/dashboard-scope.tsx";
import { foldNumbers, foldPoints } from "#components/dashboard/fold-points.ts";
import type { ShownAnswer } from "#components/dashboard/shown-answer.ts";
import { useSelectionDevices } from "#components/dashboard/use-selection-devices.ts";
import {
  useEndsNow,
  useTelemetry,
  type WidgetInput,
} from "#components/dashboard/use-widget-data.ts";
import type { WidgetOf } from "#server/domain/dashboard.ts";
import type { Aggregate } from "#server/domain/telemetry-query.ts";
import type { Display } from "#server/domain/units.ts";
import { useSyncExternalStore } from "react";

type NumberInput = WidgetInput<WidgetOf<"stat"> | WidgetOf<"gauge">>;

/** In the reader's unit. */
export type OneNumber = {
  readonly value: number | null;
  readonly unit: string | undefined;
  /** How what is in the metric's own unit is shown beside it; undefined without any reading. */
  readonly display: Display | undefined;
  /** Of what: 0 and 1 are off and on. */
  readonly isSwitch: boolean;
  /** Epoch milliseconds of the newest reading in it. */
  readonly at: number | null;
  /** Devices that are brought together in it. */
  readonly devices: number;
};

/** One number of a widget's first metric: live where it is the newest value of one device. */
export function useOneNumber(input: NumberInput) {
  const { widget } = input;
  const metrics = input.metrics.slice(0, 1);
  const question = {
    across: acrossOf(widget.aggregate),
    aggregate: widget.aggregate,
    pixels: 100,
    // A bucket begins long before its newest reading, whose age is shown.
    statistics: true,
  } as const;
  const query = useTelemetry({ ...input, metrics }, question);
  const wantsTrend = widget.kind === "stat" && widget.trend;
  const before = useTelemetry(
    { ...input, metrics, active: input.active && wantsTrend },
    { ...question, back: true },
  );
  const live = useLiveNumber(input, metrics[0] ?? "");
  return {
    query,
    number: query.data === undefined ? undefined : newest(query.data, widget.aggregate, live),
    before:
      wantsTrend && before.data !== undefined ? numberOf(before.data, widget.aggregate) : undefined,
  };
}

/** In the metric's own unit. */
type LiveNumber = { readonly v: number; readonly t: number };

/** The store's number, or what the one device has said since. */
function newest(
  answer: ShownAnswer,
  aggregate: Aggregate,
  live: LiveNumber | undefined,
): OneNumber {
  const stored = numberOf(answer, aggregate);
  if (live === undefined || stored.devices > 1 || (stored.at ?? 0) >= live.t) return stored;
  return { ...stored, value: stored.display?.of(live.v) ?? live.v, at: live.t };
}

/** The newest value is each device's own; every other number is that of all readings together. */
function acrossOf(aggregate: Aggregate): "each" | "all" {
  return aggregate === "last" ? "each" : "all";
}

function numberOf(answer: ShownAnswer, aggregate: Aggregate): OneNumber {
  const numbers = answer.series.flatMap(({ points }) => foldPoints(points, aggregate) ?? []);
  const ends = answer.series.flatMap(
    ({ points, statistics }) => statistics?.lastAt ?? points.at(-1)?.[0] ?? [],
  );
  const [first] = answer.series;
  return {
    value: foldNumbers(numbers, aggregate),
    unit: first?.unit ?? undefined,
    display: first?.display,
    isSwitch: first?.type === "boolean" && aggregate !== "count",
    at: ends.length === 0 ? null : Math.max(...ends),
    devices: answer.devices.matching,
  };
}

function useLiveNumber(
  { widget, devices, active }: NumberInput,
  metric: string,
): LiveNumber | undefined {
  const { values } = useScope();
  const follows = useEndsNow() && widget.aggregate === "last";
  const known = useSelectionDevices(devices, { active: active && follows });
  const only = known.length === 1 ? known[0] : undefined;
  useFollow(widget.id, follows && only !== undefined ? [only.id] : []);
  const fields = useSyncExternalStore(
    values.subscribe,
    () => (only === undefined ? undefined : values.latest(only.key)),
    () => undefined,
  );
  const field = fields?.[metric];
  if (field === undefined || typeof field.v === "string") return undefined;
  return { v: Number(field.v), t: field.t };
}
