import clsx from "clsx";
import type { ReactNode } from "react";

export type Tone = "ok" | "warn" | "bad" | "idle" | "accent";

const badge: Readonly<Record<Tone, string>> = {
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  idle: "bg-idle-soft text-idle",
  accent: "bg-accent-soft text-accent",
};
const dot: Readonly<Record<Tone, string>> = {
  ok: "bg-ok",
  warn: "bg-warn",
  bad: "bg-bad",
  idle: "bg-idle",
  accent: "bg-accent",
};

/** A state: dot and word, never colour alone. */
export function StateBadge({
  tone,
  children,
  className,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly className?: string;
}) {
  return (
    <span
      className={clsx(
        "inline-flex h-5 items-center gap-1.5 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap",
        badge[tone],
        className,
      )}
    >
      <span aria-hidden className={clsx("size-1.5 shrink-0 rounded-full", dot[tone])} />
      {children}
    </span>
  );
}

/** The dot alone, for use right beside its word. */
export function StateDot({
  tone,
  className,
}: {
  readonly tone: Tone;
  readonly className?: string;
}) {
  return (
    <span
      aria-hidden
      className={clsx("inline-block size-2 shrink-0 rounded-full", dot[tone], className)}
    />
  );
}
