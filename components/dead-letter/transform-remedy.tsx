"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Lightbulb } from "lucide-react";
import { tryQuery } from "#components/dead-letter/group-queries.ts";
import { draftStep, readSteps, type StepDraft } from "#components/dead-letter/steps.ts";
import { StepsEditor } from "#components/dead-letter/steps-editor.tsx";
import { BeforeAfter, FailureTable, TryCounts } from "#components/dead-letter/try-result.tsx";
import { useSettled } from "#components/dead-letter/use-settled.ts";
import { remedyText } from "#components/strings/workbench.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { transformSteps, type TransformStep } from "#server/domain/transform-steps.ts";

export type RenameSuggestion = { readonly from: string; readonly to: string };

/** Steps that make the group's messages fit, tried on some of them while they are written. */
export function TransformRemedy({
  fingerprint,
  drafts,
  suggestions,
  onChange,
}: {
  readonly fingerprint: string;
  readonly drafts: readonly StepDraft[];
  readonly suggestions: readonly RenameSuggestion[];
  readonly onChange: (drafts: readonly StepDraft[]) => void;
}) {
  const { steps, problems } = readSteps(drafts);
  const open = suggestions.filter(({ from }) =>
    drafts.every(({ op, parts }) => op !== "rename" || parts.from !== from),
  );
  return (
    <div className="flex flex-col gap-4">
      {open.map(({ from, to }) => (
        <div
          key={`${from} ${to}`}
          className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded border border-accent bg-accent-soft px-3 py-2"
        >
          <Lightbulb aria-hidden className="size-4 shrink-0 text-accent" />
          <p className="min-w-40 flex-1 text-ink">{remedyText.suggestion(from, to)}</p>
          <Button
            size="sm"
            variant="primary"
            onClick={() => onChange([...drafts, draftStep("rename", { from, to })])}
          >
            {remedyText.useSuggestion(from, to)}
          </Button>
        </div>
      ))}
      <StepsEditor drafts={drafts} problems={problems} onChange={onChange} />
      {problems.size > 0 ? (
        <p className="text-ink-2">{remedyText.fixSteps}</p>
      ) : (
        <Preview fingerprint={fingerprint} steps={steps} />
      )}
    </div>
  );
}

function Preview({
  fingerprint,
  steps,
}: {
  readonly fingerprint: string;
  readonly steps: readonly TransformStep[];
}) {
  const settled = useSettled(JSON.stringify(steps));
  const query = useQuery({
    ...tryQuery({ fingerprint, transform: transformSteps.parse(JSON.parse(settled)) }),
    placeholderData: keepPreviousData,
  });
  return (
    <section aria-label={remedyText.preview} aria-busy={query.isFetching}>
      {query.isError && (
        <ErrorState title={remedyText.previewFailed} onRetry={() => void query.refetch()}>
          {query.error.message}
        </ErrorState>
      )}
      {query.isPending && <Skeleton className="h-24 w-full" />}
      {query.data !== undefined && !query.isError && (
        <div className="flex flex-col gap-3">
          <div className="rounded border border-line bg-sunken px-3 py-2.5">
            <p className="mb-1 text-sm text-ink-2">
              {remedyText.previewOf(formatCount(query.data.checked))}
            </p>
            <TryCounts {...query.data} />
          </div>
          {query.data.samples.slice(0, 1).map((sample) => (
            <BeforeAfter key={sample.id} sample={sample} />
          ))}
          {query.data.failures.length > 0 && <FailureTable failures={query.data.failures} />}
        </div>
      )}
    </section>
  );
}
