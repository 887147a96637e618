import { pointsIn } from "#components/explore/telemetry-query.ts";
import type { Units } from "#components/units/units-provider.tsx";
import type {
  Aggregate,
  TelemetryAnswer,
  TelemetrySeries,
} from "#server/domain/telemetry-query.ts";
import type { Display } from "#server/domain/units.ts";

/** A line in the reader's unit: its points, and `unit` as people write it. */
export type ShownSeries = TelemetrySeries & {
  /** How readings that come later, and limits in the metric's own unit, are shown beside it. */
  readonly display: Display;
};

export type ShownAnswer = Omit<TelemetryAnswer, "series"> & {
  readonly series: readonly ShownSeries[];
};

/** An answer of the store as its reader sees it. */
export function shownAnswer(
  answer: TelemetryAnswer,
  units: Units,
  aggregate: Aggregate,
): ShownAnswer {
  return {
    ...answer,
    series: answer.series.map((series) => {
      const display = units(series.unit, aggregate);
      const unit = display.unit === "" ? null : display.unit;
      return { ...series, display, unit, points: pointsIn(series.points, display) };
    }),
  };
}

/** Limits, which are kept in the metric's own unit, as they are shown beside its values. */
export function limitsIn<Limit extends { readonly value: number }>(
  limits: readonly Limit[],
  display: Display | undefined,
): readonly Limit[] {
  if (display?.converts !== true) return limits;
  return limits.map((limit) => ({ ...limit, value: display.of(limit.value) }));
}
