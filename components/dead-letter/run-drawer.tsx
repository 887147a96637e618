import { runCounts, runTones } from "#components/dead-letter/run-words.tsx";
import { StepList } from "#components/dead-letter/step-list.tsx";
import { BeforeAfter, FailureTable } from "#components/dead-letter/try-result.tsx";
import { runText } from "#components/strings/workbench.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Drawer } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { RunView } from "#server/services/dead-letter/run-view.ts";

/** One run beside the list: what it was asked, what came of it, what still fails and why. */
export function RunDrawer({
  run,
  onClose,
}: {
  readonly run: RunView | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Drawer
      open={run !== undefined}
      onOpenChange={(is) => {
        if (!is) onClose();
      }}
      title={run === undefined ? "" : runText.kinds[run.kind]}
    >
      {run !== undefined && (
        <div className="flex flex-col gap-5">
          <p className="flex flex-wrap items-center gap-2.5">
            <StateBadge tone={runTones[run.state]}>{runText.states[run.state]}</StateBadge>
            {runCounts(run)}
          </p>
          {run.error !== "" && <ErrorNote>{run.error}</ErrorNote>}
          <KeyValues items={factsOf(run)} />
          {run.failures.length > 0 && <FailureTable failures={run.failures} />}
          {run.samples.slice(0, 3).map((sample) => (
            <BeforeAfter key={sample.id} sample={sample} />
          ))}
        </div>
      )}
    </Drawer>
  );
}

function factsOf(run: RunView): readonly KeyValue[] {
  const times = [
    ["asked", runText.asked, run.createdAt],
    ["started", runText.startedAt, run.startedAt],
    ["finished", runText.finished, run.finishedAt],
  ] as const;
  return [
    {
      key: "done",
      label: runText.letters,
      value: runText.doneOf(formatCount(run.done), formatCount(run.total)),
    },
    { key: "by", label: runText.who, value: run.createdBy },
    ...(run.reason === "" ? [] : [{ key: "why", label: runText.reason, value: run.reason }]),
    ...(run.cancelledBy === null
      ? []
      : [{ key: "cancelled", label: runText.states.cancelled, value: run.cancelledBy }]),
    ...(run.kind === "discard"
      ? []
      : [
          {
            key: "steps",
            label: runText.replaySteps,
            value: <StepList steps={run.transform} />,
          },
        ]),
    ...times.flatMap(([key, label, value]) =>
      value === null ? [] : [{ key, label, value: <ExactTime value={value} milliseconds /> }],
    ),
    { key: "id", label: runText.run, value: <CopyText text={run.id} what={runText.run} /> },
  ];
}
