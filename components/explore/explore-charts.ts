import type { Series, SeriesPoint, Threshold } from "#components/charts/series.ts";
import type { Comparison, Layout, OwnLimit } from "#components/explore/explore-state.ts";
import { chartPoints, pointsIn } from "#components/explore/telemetry-query.ts";
import { exploreText } from "#components/strings/explore.ts";
import { formatNumber } from "#components/ui/format.ts";
import type { Units } from "#components/units/units-provider.tsx";
import type {
  Aggregate,
  TelemetryAnswer,
  TelemetrySeries,
} from "#server/domain/telemetry-query.ts";
import type { Display } from "#server/domain/units.ts";
import type { ExploreChoices } from "#server/services/explore/choices.ts";

/** A chart of Explore; its values are in the reader's unit. */
export type ExploreChart = {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  readonly thresholds: readonly Threshold[];
};

/** A line of the answer with what names it. */
export type Line = {
  readonly id: string;
  /** The device, the group, or all devices. */
  readonly who: string;
  readonly answer: TelemetrySeries;
  readonly aggregate: Aggregate;
  /** How its values are shown. */
  readonly display: Display;
  /** How single readings are shown, of which its values may be the number. */
  readonly readings: Display;
  readonly isSwitch: boolean;
};

/** Id of a line: it stays the same from answer to answer. */
export function lineId(
  of: Pick<TelemetrySeries, "group" | "metric"> & {
    readonly device: { readonly id: string } | null;
  },
): string {
  return `${of.device?.id ?? of.group ?? ""}/${of.metric}`;
}

/** The lines of an answer; what is text has none. */
export function linesOf(
  answer: TelemetryAnswer,
  units: Units,
  aggregate: Aggregate = "mean",
): readonly Line[] {
  return answer.series
    .filter(({ type }) => type !== "string")
    .map((series) => ({
      id: lineId(series),
      who: series.device?.name ?? series.group ?? exploreText.allDevices,
      answer: series,
      aggregate,
      display: units(series.unit, aggregate),
      readings: units(series.unit),
      isSwitch: series.type === "boolean",
    }));
}

/** Points in the reader's unit. `laterMs` moves an earlier period forward. */
function pointsOf(
  { answer, display, aggregate }: Pick<Line, "answer" | "display" | "aggregate">,
  laterMs = 0,
): readonly SeriesPoint[] {
  const points = chartPoints(pointsIn(answer.points, display), aggregate);
  return laterMs === 0 ? points : points.map((point) => ({ ...point, t: point.t + laterMs }));
}

type Wanted = {
  readonly layout: Layout;
  readonly compare: Comparison | null;
  readonly limits: readonly OwnLimit[];
};

/** A line's chart: which one, and what it is called there. */
function placeOf(line: Line, layout: Layout): { readonly chart: string; readonly title: string } {
  const { metric } = line.answer;
  const unit = line.display.unit;
  switch (layout) {
    case "metric":
      return {
        chart: `metric ${metric}`,
        title: unit === "" ? metric : exploreText.inUnit(metric, unit),
      };
    case "device":
      return { chart: `${line.who} ${unit} ${line.isSwitch}`, title: line.who };
    case "overlaid": {
      if (line.isSwitch) return { chart: "switches", title: exploreText.chartOfSwitches };
      const title = unit === "" ? exploreText.chartOfNumbers : exploreText.chartOf(unit);
      return { chart: `unit ${unit}`, title };
    }
  }
}

/** Colours follow the device where charts differ by metric, and the metric where they differ by device. */
function colourKey(line: Line, layout: Layout): string {
  if (layout === "metric") return line.who;
  return layout === "device" ? line.answer.metric : line.id;
}

/** What tells a line from the others of its chart: the device, the metric, or both. */
function labelOf(line: Line, layout: Layout, { whos, metrics }: Counts): string {
  const { metric } = line.answer;
  if (layout === "metric") return line.who;
  if (layout === "device" || (whos === 1 && metrics > 1)) return metric;
  return metrics === 1 && whos > 1 ? line.who : exploreText.seriesOf(line.who, metric);
}

type Counts = { readonly whos: number; readonly metrics: number };

function countsOf(lines: readonly Line[]): Counts {
  return {
    whos: new Set(lines.map(({ who }) => who)).size,
    metrics: new Set(lines.map(({ answer }) => answer.metric)).size,
  };
}

function seriesOf(
  line: Line,
  more: { readonly label: string; readonly colour: number; readonly laterMs?: number },
): Series {
  const { label, colour, laterMs } = more;
  return {
    id: laterMs === undefined ? line.id : `earlier ${line.id}`,
    label,
    unit: line.display.unit,
    points: pointsOf(line, laterMs),
    gapMs: line.answer.gapMs,
    step: line.isSwitch,
    isSwitch: line.isSwitch,
    colour,
    ...(laterMs !== undefined && { dashed: true }),
  };
}

/** The charts of some lines, with the lines of an earlier period beside them. */
export function chartsOf(
  lines: readonly Line[],
  earlier: { readonly lines: readonly Line[]; readonly laterMs: number } | null,
  { layout, compare, limits }: Wanted,
  thresholds: ExploreChoices["thresholds"],
): readonly ExploreChart[] {
  const charts = Map.groupBy(lines, (line) => placeOf(line, layout).chart);
  const keys = [...new Set(lines.map((line) => colourKey(line, layout)))];
  const before = new Map(earlier?.lines.map((line) => [line.id, line]));
  const counts = countsOf(lines);
  return [...charts].map(([id, own], chartIndex) => {
    const named = own.map((line, index) => ({
      line,
      label: labelOf(line, layout, counts),
      // Overlaid, each chart begins with the first colour.
      colour: layout === "overlaid" ? index : keys.indexOf(colourKey(line, layout)),
    }));
    const present = named.map(({ line, ...more }) => seriesOf(line, more));
    const past = named.flatMap(({ line, label, colour }) => {
      const was = before.get(line.id);
      if (was === undefined || compare === null || earlier === null) return [];
      const { laterMs } = earlier;
      return [seriesOf(was, { label: exploreText.earlier[compare](label), colour, laterMs })];
    });
    const first = own[0];
    return {
      id: `${chartIndex} ${id}`,
      title: first === undefined ? id : placeOf(first, layout).title,
      unit: first?.display.unit ?? "",
      series: [...present, ...past],
      thresholds: limitsOf(own, limits, thresholds),
    };
  });
}

/** Limits of profiles, and the reader's own, of the metrics that a chart shows. */
function limitsOf(
  lines: readonly Line[],
  own: readonly OwnLimit[],
  profiles: ExploreChoices["thresholds"],
): readonly Threshold[] {
  const displays = new Map(lines.map(({ answer, display }) => [answer.metric, display]));
  const drawn = profiles.flatMap(({ metric, low, high, severity, profile }) => {
    const display = displays.get(metric);
    if (display === undefined) return [];
    const tone = severity === "critical" ? ("bad" as const) : ("warn" as const);
    return [
      ...(low === null
        ? []
        : [{ value: display.of(low), label: exploreText.profileLow(profile), tone }]),
      ...(high === null
        ? []
        : [{ value: display.of(high), label: exploreText.profileHigh(profile), tone }]),
    ];
  });
  const chosen = own.flatMap(({ metric, value }) => {
    const display = displays.get(metric);
    if (display === undefined) return [];
    const shown = display.of(value);
    return [
      { value: shown, label: exploreText.limitLabel(formatNumber(shown)), tone: "warn" as const },
    ];
  });
  return [...drawn, ...chosen];
}
