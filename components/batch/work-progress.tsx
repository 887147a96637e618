import { Progress } from "#components/batch/progress.tsx";
import { batchPageText } from "#components/strings/batch.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount, formatDuration } from "#components/ui/format.ts";
import type { BatchView } from "#server/services/batch/view.ts";

/** The step at work: how far it is, how fast, how long it will take. */
export function WorkProgress({ batch }: { readonly batch: BatchView }) {
  const { state, total, done, bad, ratePerSecond, remainingSeconds } = batch;
  if (state !== "receiving" && state !== "checking" && state !== "creating") return null;
  const title = batchPageText.progressTitles[state];
  return (
    <Card labelledBy="work">
      <CardHeader id="work" title={title} />
      <CardBody>
        {state !== "receiving" && (
          <Progress
            label={batchPageText.progress(title)}
            share={total === 0 ? 0 : Math.min(1, done / total)}
          />
        )}
        <p className="mt-2 flex flex-wrap gap-x-5 gap-y-1 text-ink-2 tabular-nums">
          <span className="font-medium text-ink">
            {state === "receiving"
              ? batchPageText.rowsRead(formatCount(total))
              : batchPageText.doneOf(formatCount(done), formatCount(total))}
          </span>
          {ratePerSecond !== null && (
            <span>{batchPageText.rate(formatCount(Math.round(ratePerSecond)))}</span>
          )}
          {remainingSeconds !== null && (
            <span>{batchPageText.left(formatDuration(remainingSeconds * 1_000))}</span>
          )}
          {bad > 0 && (
            <span className="font-medium text-bad">{batchPageText.badSoFar(formatCount(bad))}</span>
          )}
        </p>
        {state !== "receiving" && <p className="mt-2 text-ink-3">{batchPageText.closable}</p>}
      </CardBody>
    </Card>
  );
}
