"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { TimeRange } from "#components/charts/series.ts";
import {
  chartsOf,
  linesOf,
  type ExploreChart,
  type Line,
} from "#components/explore/explore-charts.ts";
import { marksQuery } from "#components/explore/explore-queries.ts";
import {
  rangeAt,
  selectionOf,
  shiftOf,
  type ExploreState,
} from "#components/explore/explore-state.ts";
import {
  statesQuery,
  telemetryQuery,
  type TelemetryQuestion,
} from "#components/explore/telemetry-query.ts";
import { useStable } from "#components/explore/use-stable.ts";
import { useNow } from "#components/ui/clock.tsx";
import { useUnits } from "#components/units/units-provider.tsx";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import {
  maxStateMetrics,
  type StateAnswer,
  type TelemetryAnswer,
} from "#server/domain/telemetry-query.ts";
import type { ChartMarks } from "#server/services/annotation/list.ts";
import type { ExploreChoices } from "#server/services/explore/choices.ts";

/** A range that ends now is asked for again so often, at the most. */
const shortestStepMs = 15_000;
const noLines: readonly Line[] = [];
const noThresholds: ExploreChoices["thresholds"] = [];
/** Asked by nobody: queries that are switched off need a question too. */
const nobody = { by: "devices", ids: [] } as const;

export type ExploreData = {
  readonly answer: TelemetryAnswer | undefined;
  readonly lines: readonly Line[];
  readonly charts: readonly ExploreChart[];
  readonly states: StateAnswer | undefined;
  readonly marks: ChartMarks | undefined;
  /** As it was asked: whole milliseconds, the end of a range that ends now moves in steps. */
  readonly asked: TimeRange;
  readonly selection: DeviceSelection | null;
  /** What is missing of the answers, in the server's words. */
  readonly failures: {
    readonly values: string | null;
    readonly states: string | null;
    readonly marks: string | null;
  };
  readonly isFetching: boolean;
};

/** The range as the store is asked for it, and how often it is asked again. */
function useAskedRange(state: ExploreState): {
  readonly asked: TimeRange;
  readonly everyMs: number | false;
} {
  const lastMs = "lastMs" in state.range ? state.range.lastMs : null;
  const step = Math.max(shortestStepMs, Math.round((lastMs ?? 0) / 500));
  const now = useNow((at) => (lastMs === null ? 0 : Math.ceil(at / step) * step));
  const { from, to } = rangeAt(state.range, now);
  const asked = useMemo(() => ({ from: Math.floor(from), to: Math.ceil(to) }), [from, to]);
  return { asked, everyMs: lastMs === null ? false : step };
}

/** The devices that are meant; null while there are none. */
function meantDevices(
  state: ExploreState,
  choices: ExploreChoices | undefined,
): DeviceSelection | null {
  const selection = selectionOf(state);
  if (selection !== null) return selection;
  const ids = (choices?.devices ?? [])
    .filter(({ deviceId, id }) => state.devices.some((named) => named === deviceId || named === id))
    .map(({ id }) => id);
  return ids.length === 0 ? null : { by: "devices", ids };
}

/** Everything that Explore draws. */
export function useExploreData(
  state: ExploreState,
  choices: ExploreChoices | undefined,
  pixels: number,
): ExploreData {
  const { asked, everyMs } = useAskedRange(state);
  const selection = meantDevices(state, choices);
  const { texts, numbers } = splitMetrics(state, choices);
  const devices = selection ?? { ...nobody, ids: [] };
  const question: TelemetryQuestion = {
    devices,
    metrics: [...numbers],
    ...asked,
    pixels,
    across: state.split,
    aggregate: state.aggregate,
    statistics: true,
  };
  const isAsked = selection !== null && choices !== undefined && numbers.length > 0;
  const values = useValues(question, { isAsked, everyMs, compare: state.compare });
  const states = useQuery({
    ...statesQuery({ devices, metrics: [...texts], ...asked, runs: 200 }, everyMs),
    enabled: selection !== null && texts.length > 0,
  });
  const marks = useQuery({
    ...marksQuery(markedDevices(values.answer, states.data, selection), asked.from, asked.to),
    enabled: selection !== null,
  });
  const { lines, charts } = useDrawn(values, state, choices);
  return {
    answer: values.answer,
    lines,
    charts,
    states: texts.length === 0 ? undefined : states.data,
    marks: marks.data,
    asked,
    selection,
    failures: {
      values: values.failure,
      states: states.error?.message ?? null,
      marks: marks.error?.message ?? null,
    },
    isFetching: values.isFetching || states.isFetching,
  };
}

type Values = {
  readonly answer: TelemetryAnswer | undefined;
  /** Of the period before, and how much later its points are drawn. */
  readonly before: TelemetryAnswer | undefined;
  readonly laterMs: number;
  readonly failure: string | null;
  readonly isFetching: boolean;
};

/** The numbers of a range, and of the earlier period that it is compared with. */
function useValues(
  question: TelemetryQuestion,
  how: {
    readonly isAsked: boolean;
    readonly everyMs: number | false;
    readonly compare: ExploreState["compare"];
  },
): Values {
  const { isAsked, everyMs, compare } = how;
  const laterMs = compare === null ? 0 : shiftOf(compare, question);
  const values = useQuery({ ...telemetryQuery(question, everyMs), enabled: isAsked });
  const before = useQuery({
    ...telemetryQuery(earlierThan(question, laterMs)),
    enabled: isAsked && compare !== null,
  });
  return {
    answer: isAsked ? values.data : undefined,
    before: compare === null ? undefined : before.data,
    laterMs,
    failure: values.error?.message ?? before.error?.message ?? null,
    isFetching: values.isFetching || before.isFetching,
  };
}

/** Lines and charts of the answers; the same objects until an answer or the state changes. */
function useDrawn(
  { answer, before, laterMs }: Values,
  { layout, compare, limits: drawnLimits, aggregate }: ExploreState,
  choices: ExploreChoices | undefined,
) {
  const units = useUnits();
  const limits = useStable(drawnLimits);
  const thresholds = choices?.thresholds ?? noThresholds;
  const lines = useMemo(
    () => (answer === undefined ? noLines : linesOf(answer, units, aggregate)),
    [answer, units, aggregate],
  );
  const earlier = useMemo(
    () => (before === undefined ? null : { lines: linesOf(before, units, aggregate), laterMs }),
    [before, laterMs, units, aggregate],
  );
  const charts = useMemo(
    () => chartsOf(lines, earlier, { layout, compare, limits }, thresholds),
    [lines, earlier, layout, compare, limits, thresholds],
  );
  return { lines, charts };
}

function earlierThan(question: TelemetryQuestion, byMs: number): TelemetryQuestion {
  return { ...question, from: question.from - byMs, to: question.to - byMs, statistics: false };
}

function splitMetrics(state: ExploreState, choices: ExploreChoices | undefined) {
  const isText = new Set(
    choices?.metrics.filter(({ type }) => type === "string").map(({ name }) => name),
  );
  return {
    texts: state.metrics.filter((name) => isText.has(name)).slice(0, maxStateMetrics),
    numbers: state.metrics.filter((name) => !isText.has(name)),
  };
}

/** Devices whose marks are shown: those of the lines. */
function markedDevices(
  answer: TelemetryAnswer | undefined,
  states: StateAnswer | undefined,
  selection: DeviceSelection | null,
): readonly string[] {
  if (selection?.by === "devices") return selection.ids.slice(0, 50);
  const ids = [
    ...(answer?.series ?? []).flatMap(({ device }) => (device === null ? [] : [device.id])),
    ...(states?.series ?? []).map(({ device }) => device.id),
  ];
  return [...new Set(ids)].slice(0, 50);
}
