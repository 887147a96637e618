"use client";
import { useState } from "react";
import { RunDrawer } from "#components/dead-letter/run-drawer.tsx";
import { runCounts, runTones } from "#components/dead-letter/run-words.tsx";
import { runText } from "#components/strings/workbench.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { RunView } from "#server/services/dead-letter/run-view.ts";

/** What was run for a cause, newest first; each opens with its failures. */
export function RunHistory({ runs }: { readonly runs: readonly RunView[] }) {
  const [opened, setOpened] = useState<string>();
  return (
    <Card labelledBy="dead-letter-runs">
      <CardHeader id="dead-letter-runs" title={runText.history} />
      {runs.length === 0 ? (
        <CardBody>
          <p className="text-ink-2">{runText.noRuns}</p>
        </CardBody>
      ) : (
        <Table>
          <thead>
            <Tr>
              <Th>{runText.what}</Th>
              <Th>{runText.result}</Th>
              <Th className="max-sm:hidden">{runText.when}</Th>
            </Tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <RunRow key={run.id} run={run} onOpen={() => setOpened(run.id)} />
            ))}
          </tbody>
        </Table>
      )}
      <RunDrawer run={runs.find(({ id }) => id === opened)} onClose={() => setOpened(undefined)} />
    </Card>
  );
}

function RunRow({ run, onOpen }: { readonly run: RunView; readonly onOpen: () => void }) {
  return (
    <Tr>
      <Td>
        <button
          type="button"
          onClick={onOpen}
          className="font-medium whitespace-nowrap text-accent hover:underline"
        >
          {runText.kinds[run.kind]}
        </button>
      </Td>
      <Td>
        <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <StateBadge tone={runTones[run.state]}>{runText.states[run.state]}</StateBadge>
          <span className="text-ink-2">{runCounts(run)}</span>
        </span>
        <span className="block text-sm wrap-anywhere text-ink-3">{runText.by(run)}</span>
      </Td>
      <Td className="text-ink-2 max-sm:hidden">
        <RelativeTime value={run.createdAt} />
      </Td>
    </Tr>
  );
}
