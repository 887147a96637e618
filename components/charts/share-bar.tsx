import clsx from "clsx";
import type { ReactNode } from "react";
import type { Tone } from "#components/ui/badge.tsx";
import { formatCount } from "#components/ui/format.ts";

export type SharePart = {
  readonly id: string;
  readonly label: ReactNode;
  readonly value: number;
  readonly tone: Tone | "none" | "dim";
};

const fills: Readonly<Record<SharePart["tone"], string>> = {
  ok: "bg-ok",
  warn: "bg-warn",
  bad: "bg-bad",
  idle: "bg-idle",
  accent: "bg-accent",
  none: "bg-line-strong",
  dim: "bg-ink-3",
};

/** Parts of a whole as one bar; below it each with its word and number. Parts without any are left out. */
export function ShareBar({ parts }: { readonly parts: readonly SharePart[] }) {
  const shown = parts.filter((part) => part.value > 0);
  return (
    <div>
      <div aria-hidden className="flex h-2.5 gap-px overflow-hidden rounded-sm bg-sunken">
        {shown.map((part) => (
          <div
            key={part.id}
            // A part of one in ten thousand must still be seen.
            className={clsx("min-w-1.5", fills[part.tone])}
            style={{ flexGrow: part.value, flexBasis: 0 }}
          />
        ))}
      </div>
      <ul className="mt-2.5 flex flex-wrap gap-x-5 gap-y-1">
        {shown.map((part) => (
          <li key={part.id} className="flex items-center gap-2 text-ink-2">
            <span aria-hidden className={clsx("size-2.5 rounded-xs", fills[part.tone])} />
            {part.label}
            <span className="-ml-0.5 font-semibold text-ink">{formatCount(part.value)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
