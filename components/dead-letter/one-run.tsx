"use client";
import { useQuery } from "@tanstack/react-query";
import { isUnderWay, runQuery } from "#components/dead-letter/group-queries.ts";
import { RunProgress } from "#components/dead-letter/run-progress.tsx";
import { runCounts, runTones } from "#components/dead-letter/run-words.tsx";
import { runText } from "#components/strings/workbench.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";

/** The run of one edited letter: its progress, then how it ended. */
export function OneRun({ id, mayManage }: { readonly id: string; readonly mayManage: boolean }) {
  const { data: run } = useQuery(runQuery(id));
  if (run === undefined) return null;
  if (isUnderWay(run)) return <RunProgress run={run} mayManage={mayManage} />;
  return (
    <Card className="mb-4">
      <CardBody>
        <p aria-live="polite" className="flex flex-wrap items-center gap-2.5">
          {runText.oneLetter}
          <StateBadge tone={runTones[run.state]}>{runText.states[run.state]}</StateBadge>
          <span className="text-ink-2">{runCounts(run)}</span>
        </p>
        {run.failures.map(({ detail }) => (
          <p key={detail} className="mt-1 wrap-anywhere text-ink-2">
            {detail}
          </p>
        ))}
      </CardBody>
    </Card>
  );
}
