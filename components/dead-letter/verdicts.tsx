import { Check, X } from "lucide-react";
import { letterText } from "#components/strings/workbench.ts";
import type { Verdict } from "#server/services/dead-letter/verdicts.ts";

/** What each stage of the pipeline says of a message today, up to the first that refuses it. */
export function Verdicts({ verdicts }: { readonly verdicts: readonly Verdict[] }) {
  return (
    <section>
      <h3 className="mb-1.5 text-sm font-medium text-ink">{letterText.verdicts}</h3>
      <ol className="flex flex-col gap-1">
        {verdicts.map(({ stage, ok, detail }) => {
          const Icon = ok ? Check : X;
          return (
            <li key={stage} className="flex items-start gap-2">
              <Icon
                aria-hidden
                className={
                  ok ? "mt-0.5 size-4 shrink-0 text-ok" : "mt-0.5 size-4 shrink-0 text-bad"
                }
              />
              <span className="sr-only">{ok ? letterText.passed : letterText.refused}</span>
              <span className={ok ? "text-ink-2" : "wrap-anywhere text-ink"}>
                <span className="font-medium">{letterText.stages[stage]}</span> {detail}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
