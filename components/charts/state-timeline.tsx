"use client";
import { useMemo } from "react";
import { seriesColour, type TimeRange } from "#components/charts/series.ts";
import { stateColours, type Run, type StateRow } from "#components/charts/state-runs.ts";
import { timeTickLabel, timeTicks } from "#components/charts/ticks.ts";
import { chartText } from "#components/strings/charts.ts";
import { useHydrated } from "#components/ui/clock.tsx";
import { ExactTime } from "#components/ui/time.tsx";

const mostWords = 30;

/** States over time, a line for each row: enumerations, texts, switches. Reads as a list. */
export function StateTimeline({
  label,
  rows,
  range,
}: {
  readonly label: string;
  readonly rows: readonly StateRow[];
  readonly range: TimeRange;
}) {
  const hydrated = useHydrated();
  const colours = useMemo(() => stateColours(rows), [rows]);
  const span = Math.max(range.to - range.from, 1);
  const ticks = hydrated ? timeTicks(range, 6) : [];
  return (
    <figure aria-label={label} className="flex flex-col gap-1.5">
      <ul className="flex flex-col gap-1.5">
        {rows.map((row) => (
          <li key={row.id} className="flex items-center gap-3 max-sm:flex-col max-sm:items-stretch">
            <span className="w-36 shrink-0 truncate text-sm text-ink-2 max-sm:w-auto">
              {row.label}
            </span>
            <StateLine runs={row.runs} range={range} colours={colours} />
            <StateWords row={row} />
          </li>
        ))}
      </ul>
      <div aria-hidden className="relative h-5 text-xs text-ink-3 sm:ml-39">
        {ticks.map((at) => (
          <span
            key={at}
            className="absolute -translate-x-1/2 whitespace-nowrap"
            style={{ left: `${((at - range.from) / span) * 100}%` }}
          >
            {timeTickLabel(at, span)}
          </span>
        ))}
      </div>
      <ul aria-hidden className="flex flex-wrap gap-x-4 gap-y-1 sm:ml-39">
        {[...colours].slice(0, 12).map(([state, place]) => (
          <li key={state} className="flex items-center gap-1.5 text-sm text-ink-2">
            <span
              className="size-2.5 rounded-xs opacity-60"
              style={{ background: seriesColour(place) }}
            />
            {state}
          </li>
        ))}
      </ul>
    </figure>
  );
}

function StateLine({
  runs,
  range,
  colours,
}: {
  readonly runs: readonly Run[];
  readonly range: TimeRange;
  readonly colours: ReadonlyMap<string, number>;
}) {
  const span = Math.max(range.to - range.from, 1);
  return (
    <span
      aria-hidden
      className="relative h-7 flex-1 overflow-hidden max-sm:flex-none rounded-sm border border-line bg-sunken"
    >
      {runs.map(({ from, to, state }) => {
        const left = Math.max(0, (from - range.from) / span);
        const width = Math.min(1, (to - range.from) / span) - left;
        if (width < 0 || left > 1) return null;
        return (
          <span
            key={from}
            title={state}
            className="absolute inset-y-0 flex min-w-0.5 items-center overflow-hidden px-1 text-xs text-ink"
            style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
          >
            <span
              className="absolute inset-0 opacity-35"
              style={{ background: seriesColour(colours.get(state) ?? 0) }}
            />
            {width > 0.06 && <span className="relative truncate">{state}</span>}
          </span>
        );
      })}
    </span>
  );
}

/** The same for those who do not see the line: the newest states. */
function StateWords({ row }: { readonly row: StateRow }) {
  if (row.runs.length === 0) return <span className="sr-only">{chartText.noState}</span>;
  return (
    <ol className="sr-only">
      {row.runs.slice(-mostWords).map(({ from, to, state }) => (
        <li key={from}>
          {state} <ExactTime value={from} /> <ExactTime value={to} />
        </li>
      ))}
    </ol>
  );
}
