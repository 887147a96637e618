import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { readJson } from "#components/layout/read-json.ts";
import type {
  Aggregate,
  StateAnswer,
  StateQuery,
  TelemetryAnswer,
  TelemetryQuery,
  TelemetrySeries,
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

type Points = TelemetrySeries["points"];

/** Points of an answer in the reader's unit; the same ones where nothing is converted. */
export function pointsIn(points: Points, { converts, of }: Display): Points {
  if (!converts) return points;
  return points.map(([t, v, min, max, count]) => [t, of(v), of(min), of(max), count] as const);
}

/**
 * An answer's points as the charts take them: one reading has no band, and neither have numbers and
 * sums of readings, which do not lie between the least and the greatest of them.
 */
export function chartPoints(
  points: Points,
  aggregate?: Aggregate,
): readonly {
  readonly t: number;
  readonly v: number;
  readonly min?: number;
  readonly max?: number;
}[] {
  const hasBand = aggregate !== "count" && aggregate !== "sum";
  return points.map(([t, v, min, max]) =>
    min === max || !hasBand ? { t, v } : { t, v, min, max },
  );
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
