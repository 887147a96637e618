import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { SeriesPoint } from "#components/charts/series.ts";
import { readJson } from "#components/layout/read-json.ts";
import type {
  StateAnswer,
  StateQuery,
  TelemetryAnswer,
  TelemetryQuery,
} from "#server/domain/telemetry-query.ts";
import type { Display } from "#server/domain/units.ts";

/** A question as a page asks it: instants in epoch milliseconds. */
export type TelemetryQuestion = Omit<TelemetryQuery, "from" | "to"> & {
  readonly from: number;
  readonly to: number;
};

/** Address that answers the question. */
export function telemetryUrl(question: TelemetryQuestion): string {
  const { from, to } = question;
  // Whole milliseconds, outwards: what is drawn at the edges belongs to the answer.
  const asked = { ...question, from: Math.floor(from), to: Math.ceil(to) };
  return `/api/console/telemetry/query?${new URLSearchParams({ q: JSON.stringify(asked) }).toString()}`;
}

/**
 * The answer of the store. It is cancelled on the server when the question changes before it came;
 * the chart keeps what it shows until then. `everyMs`: asks again so often, for a range that ends now.
 */
export function telemetryQuery(question: TelemetryQuestion, everyMs: number | false = false) {
  return queryOptions({
    queryKey: ["telemetry", "query", question],
    queryFn: ({ signal }) => readJson<TelemetryAnswer>(telemetryUrl(question), signal),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
    // A range in the past changes only by back-fill.
    staleTime: everyMs === false ? 60_000 : 0,
  });
}

/** An answer's points as the charts take them: one reading has no band. */
export function chartPoints(points: TelemetryAnswer["series"][number]["points"]): readonly {
  readonly t: number;
  readonly v: number;
  readonly min?: number;
  readonly max?: number;
}[] {
  return points.map(([t, v, min, max]) => (min === max ? { t, v } : { t, v, min, max }));
}

/** A point in the reader's unit. */
export function inUnit(point: SeriesPoint, { converts, of }: Display): SeriesPoint {
  if (!converts) return point;
  const { t, v, min, max } = point;
  return {
    t,
    v: v === null ? null : of(v),
    ...(typeof min === "number" && typeof max === "number" && { min: of(min), max: of(max) }),
  };
}

/** A question about texts, switches and codes as a page asks it. */
export type StateQuestion = Omit<StateQuery, "from" | "to"> & {
  readonly from: number;
  readonly to: number;
};

/** Values that hold until they change, as runs. */
export function statesQuery(question: StateQuestion, everyMs: number | false = false) {
  const { from, to } = question;
  const asked = { ...question, from: Math.floor(from), to: Math.ceil(to) };
  const params = new URLSearchParams({ q: JSON.stringify(asked) });
  return queryOptions({
    queryKey: ["telemetry", "states", question],
    queryFn: ({ signal }) =>
      readJson<StateAnswer>(`/api/console/telemetry/states?${params.toString()}`, signal),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
    staleTime: everyMs === false ? 60_000 : 0,
  });
}
