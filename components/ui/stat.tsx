import clsx from "clsx";
import type { ReactNode } from "react";

/** One number with its name above and what qualifies it below. `hint` explains it on hover. */
export function Stat({
  label,
  value,
  note,
  hint,
  tone = "plain",
  testId,
}: {
  readonly label: ReactNode;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly hint?: string;
  readonly tone?: "plain" | "bad";
  readonly testId?: string;
}) {
  return (
    <div
      className="min-w-0 rounded border border-line bg-surface px-3.5 py-3"
      {...(hint !== undefined && { title: hint })}
    >
      <p className="text-sm text-ink-2 text-pretty">{label}</p>
      <p
        {...(testId !== undefined && { "data-stat": testId })}
        className={clsx(
          "mt-1 truncate text-2xl font-semibold tracking-[-0.015em]",
          tone === "bad" ? "text-bad" : "text-ink",
        )}
      >
        {value}
      </p>
      {note !== undefined && <p className="mt-1 text-sm text-pretty text-ink-3">{note}</p>}
    </div>
  );
}
