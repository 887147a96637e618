import clsx from "clsx";
import { Check } from "lucide-react";
import { uiText } from "#components/strings/ui.ts";

/** Where one is in a wizard. `current` is the index of the step being done. */
export function Stepper({
  label,
  steps,
  current,
}: {
  readonly label: string;
  readonly steps: readonly string[];
  readonly current: number;
}) {
  return (
    <ol aria-label={label} className="flex flex-wrap items-center gap-x-3 gap-y-2">
      {steps.map((step, index) => (
        <li
          key={step}
          aria-current={index === current ? "step" : undefined}
          className={clsx(
            "flex items-center gap-2",
            index === current ? "font-semibold text-ink" : "text-ink-3",
          )}
        >
          {index > 0 && <span aria-hidden className="mr-1 h-px w-6 bg-line-strong max-sm:hidden" />}
          <span
            className={clsx(
              "flex size-5.5 items-center justify-center rounded-full border text-xs font-medium",
              index < current && "border-accent bg-accent-soft text-accent",
              index === current && "border-accent bg-accent text-accent-ink",
              index > current && "border-line-strong text-ink-3",
            )}
          >
            {index < current ? <Check aria-hidden className="size-3" /> : index + 1}
          </span>
          {step}
          {index < current && <span className="sr-only">{uiText.stepDone}</span>}
        </li>
      ))}
    </ol>
  );
}
