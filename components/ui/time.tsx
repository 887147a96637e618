"use client";
import { useHydrated, useNow } from "#components/ui/clock.tsx";
import { formatRelative } from "#components/ui/format.ts";
import { uiText } from "#components/strings/ui.ts";

export type Instant = Date | string | number;

function localExact(at: number): string {
  return new Intl.DateTimeFormat(undefined, {
    dateStyle: "medium",
    timeStyle: "long",
  }).format(at);
}

/** "3 min ago", kept up to date; the exact instant in the viewer's zone on hover. */
export function RelativeTime({
  value,
  fallback = uiText.never,
}: {
  readonly value: Instant | null | undefined;
  readonly fallback?: string;
}) {
  const at = value === null || value === undefined ? null : new Date(value).getTime();
  const text = useNow((now) => (at === null ? fallback : formatRelative(at, now)));
  const hydrated = useHydrated();
  if (at === null) return <span className="text-ink-3">{fallback}</span>;
  const iso = new Date(at).toISOString();
  return (
    <time dateTime={iso} title={hydrated ? localExact(at) : iso} className="whitespace-nowrap">
      {text}
    </time>
  );
}

const two = (value: number) => String(value).padStart(2, "0");

function dayText(at: Date, utc: boolean): string {
  return utc
    ? at.toISOString().slice(0, 10)
    : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function clockText(at: Date, utc: boolean, milliseconds: boolean): string {
  const text = utc
    ? at.toISOString().slice(11, 23)
    : `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  return milliseconds ? text : text.slice(0, 8);
}

/**
 * The instant itself in the viewer's zone: `date` 2026-11-23, `time` 14:02:11, `minute` 14:02,
 * `full` date and time.
 * `milliseconds` for message logs.
 */
export function ExactTime({
  value,
  show = "full",
  milliseconds = false,
}: {
  readonly value: Instant;
  readonly show?: "date" | "time" | "minute" | "full";
  readonly milliseconds?: boolean;
}) {
  const hydrated = useHydrated();
  const at = new Date(value);
  const date = dayText(at, !hydrated);
  const time = clockText(at, !hydrated, milliseconds);
  const iso = at.toISOString();
  const text = { date, time, minute: time.slice(0, 5), full: `${date} ${time}` }[show];
  return (
    <time
      dateTime={iso}
      title={hydrated ? localExact(at.getTime()) : iso}
      className="whitespace-nowrap"
    >
      {text}
    </time>
  );
}
