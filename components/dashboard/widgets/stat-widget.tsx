"use client";
import clsx from "clsx";
import { ArrowDown, ArrowRight, ArrowUp } from "lucide-react";
import { toneOf } from "#components/dashboard/fold-points.ts";
import { limitsIn } from "#components/dashboard/shown-answer.ts";
import { useOneNumber, type OneNumber } from "#components/dashboard/use-one-number.ts";
import type { WidgetInput } from "#components/dashboard/use-widget-data.ts";
import { Hollow, StaleNote, waitingFor } from "#components/dashboard/widgets/widget-states.tsx";
import { valueWords } from "#components/charts/summary.ts";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import { aggregateNames } from "#components/strings/dashboard.ts";
import { formatCount, roundComputed } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { WidgetOf } from "#server/domain/dashboard.ts";

const tones = { plain: "text-ink", warn: "text-warn", bad: "text-bad" } as const;

/** One number, its age, and how it was in the range before. */
export function StatWidget(input: WidgetInput<WidgetOf<"stat">>) {
  const { widget } = input;
  const { query, number, before } = useOneNumber(input);
  const waiting = waitingFor(query);
  if (waiting !== undefined) return waiting;
  if (number === undefined || number.value === null) return <Hollow title={widgetText.nothing} />;
  const tone = toneOf(number.value, limitsIn(widget.thresholds, number.display));
  return (
    <div className="flex h-full flex-col justify-center">
      <p
        data-stat={input.metrics[0]}
        className={clsx(
          "truncate text-2xl font-semibold tracking-tight tabular-nums",
          tones[tone ?? "plain"],
        )}
      >
        {valueWords(number, roundComputed(number.value), number.unit)}
      </p>
      {before !== undefined && <Trend now={number} before={before} />}
      <p className="truncate text-xs text-ink-3">
        {aggregateNames[widget.aggregate]}
        {number.devices > 1 && `, ${widgetText.ofDevices(formatCount(number.devices))}`}
        {number.at !== null && (
          <>
            {" · "}
            <RelativeTime value={number.at} />
          </>
        )}
      </p>
      <StaleNote query={query} />
    </div>
  );
}

function Trend({ now, before }: { readonly now: OneNumber; readonly before: OneNumber }) {
  if (before.value === null || now.value === null) {
    return <p className="truncate text-sm text-ink-3">{widgetText.noBefore}</p>;
  }
  const by = roundComputed(now.value - before.value, now.value);
  const Arrow = by === 0 ? ArrowRight : by > 0 ? ArrowUp : ArrowDown;
  const words =
    by === 0
      ? widgetText.same
      : widgetText.before(valueWords({ isSwitch: false }, Math.abs(by), now.unit));
  return (
    <p className="flex items-center gap-1 truncate text-sm text-ink-2">
      <Arrow aria-hidden className="size-3.5 shrink-0" />
      <span className="sr-only">{by > 0 ? "+" : by < 0 ? "−" : ""}</span>
      <span className="truncate">{words}</span>
    </p>
  );
}
