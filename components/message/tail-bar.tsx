"use client";
import { Eraser, Pause, Play } from "lucide-react";
import { keptMessages, rateOf, type Tail } from "#components/message/tail-buffer.ts";
import { tailText } from "#components/strings/message.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { useNow } from "#components/ui/clock.tsx";
import { formatCount } from "#components/ui/format.ts";

/** Whether the tail runs, how much of what comes it shows, and the buttons that hold it still. */
export function TailBar({
  tail,
  onPause,
  onResume,
  onClear,
}: {
  readonly tail: Tail;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onClear: () => void;
}) {
  const { waiting } = tail;
  const rate = useNow((now) => rateWords(tail, now));
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-2">
        {waiting === null ? (
          <StateBadge tone="accent">{tailText.running}</StateBadge>
        ) : (
          <StateBadge tone="idle">{pausedWords(waiting.length)}</StateBadge>
        )}
        <span data-tail-rate>{rate}</span>
      </p>
      <div className="flex gap-2">
        {waiting === null ? (
          <Button size="sm" onClick={onPause}>
            <Pause aria-hidden className="size-3.5" />
            {tailText.pause}
          </Button>
        ) : (
          <Button size="sm" variant="primary" onClick={onResume}>
            <Play aria-hidden className="size-3.5" />
            {tailText.resume}
          </Button>
        )}
        <Button size="sm" variant="ghost" onClick={onClear}>
          <Eraser aria-hidden className="size-3.5" />
          {tailText.clear}
        </Button>
      </div>
    </div>
  );
}

function pausedWords(count: number): string {
  return count < keptMessages
    ? tailText.paused(formatCount(count))
    : tailText.pausedFull(formatCount(count));
}

function rateWords(tail: Tail, now: number): string {
  const { shown, matched, unsearched } = rateOf(tail, now);
  const skipped = unsearched === 0 ? "" : `; ${tailText.unsearched(formatCount(unsearched))}`;
  if (matched + unsearched === 0) return tailText.quiet;
  const words =
    shown === matched
      ? tailText.rate(formatCount(shown))
      : tailText.sampled(formatCount(shown), formatCount(matched));
  return words + skipped;
}
