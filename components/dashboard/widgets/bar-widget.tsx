"use client";
import clsx from "clsx";
import { widgetTitle } from "#components/dashboard/widget-title.ts";
import { foldPoints, toneOf } from "#components/dashboard/fold-points.ts";
import { limitsIn } from "#components/dashboard/shown-answer.ts";
import {
  cutNote,
  seriesId,
  seriesName,
  useTelemetry,
  type WidgetInput,
} from "#components/dashboard/use-widget-data.ts";
import { ScrollArea } from "#components/dashboard/widgets/scroll-area.tsx";
import { Hollow, StaleNote, waitingFor } from "#components/dashboard/widgets/widget-states.tsx";
import { withUnit } from "#components/charts/summary.ts";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import { formatCount } from "#components/ui/format.ts";
import type { WidgetOf } from "#server/domain/dashboard.ts";

/** One number of the whole range for each device or group, the largest first. */
export function BarWidget(input: WidgetInput<WidgetOf<"bar">>) {
  const { widget } = input;
  const query = useTelemetry(input, {
    across: widget.across,
    aggregate: widget.aggregate,
    pixels: 50,
  });
  const waiting = waitingFor(query);
  if (waiting !== undefined) return waiting;
  const bars = (query.data?.series ?? [])
    .flatMap((series) => {
      const value = foldPoints(series.points, widget.aggregate);
      if (value === null) return [];
      const tone = toneOf(value, limitsIn(widget.thresholds, series.display));
      const unit = series.unit ?? undefined;
      return [{ id: seriesId(series), name: seriesName(series, input), value, unit, tone }];
    })
    .toSorted((a, b) => b.value - a.value);
  if (bars.length === 0) return <Hollow title={widgetText.nothing} />;
  const note = cutNote(query.data, formatCount);
  const most = Math.max(...bars.map(({ value }) => Math.abs(value))) || 1;
  return (
    <div className="flex h-full flex-col">
      <ScrollArea label={widgetTitle(widget)}>
        <ol>
          {bars.map(({ id, name, value, unit, tone }) => (
            <li
              key={id}
              className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto] items-center gap-3 py-1"
            >
              <span className="truncate text-ink-2" title={name}>
                {name}
              </span>
              <span aria-hidden className="h-2.5 rounded-xs bg-sunken">
                <span
                  className={clsx("block h-full rounded-xs", fills[tone ?? "plain"])}
                  style={{ width: `${(Math.abs(value) / most) * 100}%` }}
                />
              </span>
              <span className={clsx("text-right font-medium tabular-nums", words[tone ?? "plain"])}>
                {withUnit(value, unit)}
              </span>
            </li>
          ))}
        </ol>
      </ScrollArea>
      {note !== undefined && <p className="truncate text-xs text-ink-3">{note}</p>}
      <StaleNote query={query} />
    </div>
  );
}

const fills = { plain: "bg-series-1", warn: "bg-warn", bad: "bg-bad" } as const;
const words = { plain: "text-ink", warn: "text-warn", bad: "text-bad" } as const;
