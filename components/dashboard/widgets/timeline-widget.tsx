"use client";
import { useQuery } from "@tanstack/react-query";
import { withUnit } from "#components/charts/summary.ts";
import { seriesColour } from "#components/charts/series.ts";
import { useRange } from "#components/dashboard/dashboard-scope.tsx";
import {
  stateRows,
  statesIn,
  type StatePiece,
  type StateRow,
} from "#components/dashboard/state-rows.ts";
import { widgetTitle } from "#components/dashboard/widget-title.ts";
import { statesQuery } from "#components/dashboard/telemetry-queries.ts";
import { sharedUnit, type WidgetInput } from "#components/dashboard/use-widget-data.ts";
import { ScrollArea } from "#components/dashboard/widgets/scroll-area.tsx";
import { Hollow, StaleNote, waitingFor } from "#components/dashboard/widgets/widget-states.tsx";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import { useHydrated } from "#components/ui/clock.tsx";
import { formatCount } from "#components/ui/format.ts";
import { useUnits } from "#components/units/units-provider.tsx";
import type { WidgetOf } from "#server/domain/dashboard.ts";
import { maxStateMetrics } from "#server/domain/telemetry-query.ts";

/** Runs of one row that are asked for. */
const runsOfRow = 200;

const wordOf = (value: StatePiece["value"], unit: string | undefined): string => {
  if (typeof value === "boolean") return value ? widgetText.on : widgetText.off;
  return typeof value === "number" ? withUnit(value, unit) : value;
};

/** Which state held when: a row for each device and metric. */
export function TimelineWidget({
  widget,
  devices,
  metrics,
  active,
}: WidgetInput<WidgetOf<"timeline">>) {
  const { asked } = useRange();
  const hydrated = useHydrated();
  const units = useUnits();
  const question = {
    devices,
    metrics: metrics.slice(0, maxStateMetrics),
    runs: runsOfRow,
    ...asked,
  };
  const query = useQuery({ ...statesQuery(question), enabled: active && metrics.length > 0 });
  const waiting = waitingFor(query);
  if (waiting !== undefined || !hydrated || query.data === undefined) return waiting ?? null;
  const rows = stateRows(query.data, asked, units);
  const states = statesIn(rows);
  if (states.length === 0) return <Hollow title={widgetText.nothing} />;
  const colourOf = (value: StatePiece["value"]) =>
    value === false
      ? "var(--line-strong)"
      : seriesColour(states.filter((each) => each !== false).indexOf(value));
  const left = query.data.series.length - rows.length;
  return (
    <div className="flex h-full flex-col gap-2">
      <ScrollArea label={widgetTitle(widget)}>
        <ul>
          {rows.map((row) => (
            <Row key={row.id} row={row} colourOf={colourOf} />
          ))}
        </ul>
      </ScrollArea>
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink-2">
        {states.map((value) => (
          <li key={String(value)} className="flex items-center gap-1.5">
            <span
              aria-hidden
              className="size-2.5 rounded-xs"
              style={{ background: colourOf(value) }}
            />
            {wordOf(value, sharedUnit(rows))}
          </li>
        ))}
        {left > 0 && <li className="text-ink-3">{widgetText.moreRows(formatCount(left))}</li>}
      </ul>
      <StaleNote query={query} />
    </div>
  );
}

const exact = (at: number) =>
  new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "medium" }).format(at);

/** Runs that are told in words; the rest is there to be seen. */
const spokenRuns = 5;

function Row({
  row,
  colourOf,
}: {
  readonly row: StateRow;
  readonly colourOf: (value: StatePiece["value"]) => string;
}) {
  const words = ({ value, from, to }: StatePiece) =>
    widgetText.stateFrom(wordOf(value, row.unit), exact(from), exact(to));
  return (
    <li className="grid grid-cols-[minmax(0,9rem)_minmax(0,1fr)] items-center gap-3 py-1 max-sm:grid-cols-1 max-sm:gap-1">
      <span className="truncate text-ink-2" title={row.name}>
        {row.name}
      </span>
      <span aria-hidden className="relative h-5 overflow-hidden rounded-sm bg-sunken">
        {row.pieces.map((piece) => (
          <span
            key={piece.from}
            title={words(piece)}
            className="absolute inset-y-0 min-w-px"
            style={{
              left: `${piece.left * 100}%`,
              width: `${piece.width * 100}%`,
              background: colourOf(piece.value),
            }}
          />
        ))}
      </span>
      <span className="sr-only">{row.pieces.slice(-spokenRuns).map(words).join("; ")}</span>
    </li>
  );
}
