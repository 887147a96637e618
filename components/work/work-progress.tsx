import { Progress } from "#components/batch/progress.tsx";
import { workText } from "#components/strings/work.ts";
import { formatCount, formatDuration } from "#components/ui/format.ts";
import { isOpen } from "#components/work/work-queries.ts";
import type { WorkState } from "#server/domain/bulk-action.ts";

/** How far work is: a bar, and the same in words with its pace. */
export function WorkProgress({
  work,
  title,
  words,
}: {
  readonly work: {
    readonly state: WorkState;
    readonly total: number;
    readonly isOrphaned: boolean;
    readonly secondsLeft: number | null;
  };
  readonly title: string;
  readonly words: {
    readonly done: number;
    readonly text: string;
    /** Of the same thing that `text` counts. */
    readonly perSecond: number | null;
  };
}) {
  const { state, total, isOrphaned, secondsLeft } = work;
  const { done, text, perSecond } = words;
  return (
    <>
      {isOpen(work) && (
        <div className="mb-2">
          <Progress label={workText.progress(title)} share={total === 0 ? 0 : done / total} />
        </div>
      )}
      <p className="flex flex-wrap gap-x-5 gap-y-1 text-ink-2 tabular-nums" aria-live="polite">
        <span className="font-medium text-ink">{text}</span>
        {perSecond !== null && (
          <span>{workText.perSecond(formatCount(Math.round(perSecond)))}</span>
        )}
        {secondsLeft !== null && <span>{workText.left(formatDuration(secondsLeft * 1_000))}</span>}
      </p>
      {isOpen(work) && (
        <p className="mt-2 text-ink-3">
          {state === "queued"
            ? workText.queued
            : isOrphaned
              ? workText.orphaned
              : workText.closable}
        </p>
      )}
    </>
  );
}
