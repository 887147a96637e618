"use client";
import { useQueryClient } from "@tanstack/react-query";
import { cancel } from "#app/(console)/dead-letters/actions.ts";
import { groupsKey } from "#components/dead-letter/group-queries.ts";
import { runCounts, runTones } from "#components/dead-letter/run-words.tsx";
import { useChange } from "#components/people/use-change.ts";
import { runText } from "#components/strings/workbench.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount, formatDuration } from "#components/ui/format.ts";
import type { RunView } from "#server/services/dead-letter/run-view.ts";

/** A run that waits or works: how far it is, how fast, how long it will take. */
export function RunProgress({
  run,
  mayManage,
}: {
  readonly run: RunView;
  readonly mayManage: boolean;
}) {
  const client = useQueryClient();
  const cancelling = useChange(cancel, () => ({
    title: runText.cancelled,
    detail: runText.cancelNote,
  }));
  const title = runText.kinds[run.kind];
  const share = run.total === 0 ? 0 : Math.min(1, run.done / run.total);
  return (
    <Card labelledBy={`run-${run.id}`} className="mb-4">
      <CardHeader
        id={`run-${run.id}`}
        title={title}
        aside={
          <span className="flex items-center gap-3">
            <StateBadge tone={runTones[run.state]}>{runText.states[run.state]}</StateBadge>
            {mayManage && (
              <Button
                size="sm"
                busy={cancelling.busy}
                onClick={() =>
                  void cancelling
                    .change({ id: run.id })
                    .then(() => client.invalidateQueries({ queryKey: groupsKey }))
                }
              >
                {runText.cancel}
              </Button>
            )}
          </span>
        }
      />
      <CardBody>
        <progress
          aria-label={runText.progress(title)}
          max={1}
          value={share}
          className="block h-2 w-full appearance-none overflow-hidden rounded-full bg-sunken [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-accent"
        />
        <Pace run={run} />
      </CardBody>
    </Card>
  );
}

function Pace({ run }: { readonly run: RunView }) {
  return (
    <p className="mt-2 flex flex-wrap gap-x-5 gap-y-1 text-ink-2">
      <span className="font-medium text-ink">
        {runText.doneOf(formatCount(run.done), formatCount(run.total))}
      </span>
      <span>{runCounts(run)}</span>
      {run.ratePerSecond !== null && <span>{runText.rate(formatCount(run.ratePerSecond))}</span>}
      {run.secondsLeft !== null && (
        <span>{runText.left(formatDuration(run.secondsLeft * 1_000))}</span>
      )}
    </p>
  );
}
