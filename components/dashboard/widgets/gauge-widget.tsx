"use client";
import { toneOf } from "#components/dashboard/fold-points.ts";
import { limitsIn } from "#components/dashboard/shown-answer.ts";
import { useOneNumber } from "#components/dashboard/use-one-number.ts";
import type { WidgetInput } from "#components/dashboard/use-widget-data.ts";
import { Hollow, StaleNote, waitingFor } from "#components/dashboard/widgets/widget-states.tsx";
import { valueWords, withUnit } from "#components/charts/summary.ts";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { WidgetOf } from "#server/domain/dashboard.ts";

const colours = { plain: "var(--series-1)", warn: "var(--warn)", bad: "var(--bad)" } as const;

/** Half a circle: 0 lies left, 1 right. */
function arc(from: number, to: number): string {
  const at = (share: number) => {
    const angle = Math.PI * (1 - share);
    return `${(50 + 42 * Math.cos(angle)).toFixed(2)} ${(48 - 42 * Math.sin(angle)).toFixed(2)}`;
  };
  return `M ${at(from)} A 42 42 0 0 1 ${at(to)}`;
}

/** One number between two ends. */
export function GaugeWidget(input: WidgetInput<WidgetOf<"gauge">>) {
  const { widget, height } = input;
  const { query, number } = useOneNumber(input);
  const waiting = waitingFor(query);
  if (waiting !== undefined) return waiting;
  if (number === undefined || number.value === null) return <Hollow title={widgetText.nothing} />;
  const { value, unit, display } = number;
  const thresholds = limitsIn(widget.thresholds, display);
  const least = display?.of(widget.least) ?? widget.least;
  const most = display?.of(widget.most) ?? widget.most;
  const shareOf = (of: number) => Math.min(1, Math.max(0, (of - least) / (most - least)));
  const words = valueWords(number, value, unit);
  const tone = toneOf(value, thresholds);
  return (
    <div className="flex h-full flex-col items-center justify-center">
      <svg
        role="img"
        aria-label={widgetText.gauge(words, withUnit(least, unit), withUnit(most, unit))}
        viewBox="0 0 100 60"
        style={{ maxHeight: Math.max(60, height - 24) }}
        className="min-h-0 w-full flex-1"
      >
        <path d={arc(0, 1)} fill="none" stroke="var(--line)" strokeWidth={8} />
        {shareOf(value) > 0 && (
          <path
            d={arc(0, shareOf(value))}
            fill="none"
            stroke={colours[tone ?? "plain"]}
            strokeWidth={8}
          />
        )}
        {thresholds.map((each) => (
          <path
            key={`${each.value} ${each.side}`}
            d={arc(Math.max(0, shareOf(each.value) - 0.006), shareOf(each.value))}
            fill="none"
            stroke={colours[each.tone]}
            strokeWidth={12}
          />
        ))}
        <text x={50} y={45} textAnchor="middle" fontSize={13} fontWeight={600} fill="var(--ink)">
          {words}
        </text>
        <text x={8} y={58} textAnchor="middle" fontSize={6} fill="var(--ink-3)">
          {withUnit(least, undefined)}
        </text>
        <text x={92} y={58} textAnchor="middle" fontSize={6} fill="var(--ink-3)">
          {withUnit(most, undefined)}
        </text>
      </svg>
      <p className="text-xs text-ink-3">
        {number.at !== null && <RelativeTime value={number.at} />}
      </p>
      <StaleNote query={query} />
    </div>
  );
}
