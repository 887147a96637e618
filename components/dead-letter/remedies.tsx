"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { EditRemedy } from "#components/dead-letter/edit-remedy.tsx";
import { FixSchema } from "#components/dead-letter/fix-schema.tsx";
import { tryQuery } from "#components/dead-letter/group-queries.ts";
import { ReplayDialog, type Replay } from "#components/dead-letter/replay-dialog.tsx";
import { StepList } from "#components/dead-letter/step-list.tsx";
import { readSteps, type StepDraft } from "#components/dead-letter/steps.ts";
import {
  TransformRemedy,
  type RenameSuggestion,
} from "#components/dead-letter/transform-remedy.tsx";
import { useStartRun } from "#components/dead-letter/use-start-run.ts";
import { ViewTabs } from "#components/dead-letter/view-tabs.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { remedyText, runText } from "#components/strings/workbench.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { may } from "#server/domain/roles.ts";
import type { DeadLetterGroupDetail } from "#server/services/dead-letter/show-group.ts";

type Props = {
  readonly group: DeadLetterGroupDetail;
  /** The letter that is looked at. */
  readonly letterId: string | undefined;
  readonly suggestions: readonly RenameSuggestion[];
  /** Told the id of a run of one letter, which belongs to no group. */
  readonly onOneStarted: (runId: string) => void;
};

/** The three ways to put a cause right. */
export function Remedies(props: Props) {
  const { role } = useShell().user;
  const note = !may(role, "deadLetter.manage")
    ? remedyText.viewOnly
    : props.group.open === 0
      ? remedyText.nothingOpen
      : undefined;
  return (
    <Card labelledBy="remedies">
      <CardHeader id="remedies" title={remedyText.title} />
      <CardBody>
        {note === undefined ? <Ways {...props} /> : <p className="text-ink-2">{note}</p>}
      </CardBody>
    </Card>
  );
}

function Ways({ group, letterId, suggestions, onOneStarted }: Props) {
  const { role } = useShell().user;
  const [way, setWay] = useState<"transform" | "schema" | "edit">("transform");
  const [drafts, setDrafts] = useState<readonly StepDraft[]>([]);
  const [replay, setReplay] = useState<Replay>();
  const { fingerprint } = group;
  const isInbound = group.direction === "inbound";
  const asTheyCame: Replay = { selection: { fingerprint }, transform: [] };
  const transform = (
    <div className="flex flex-col gap-4">
      <TransformRemedy {...{ fingerprint, drafts, suggestions }} onChange={setDrafts} />
      <TransformActions {...{ group, drafts }} onReplay={setReplay} />
    </div>
  );
  const schema = (
    <FixSchema
      group={group}
      maySee={may(role, "schema.view")}
      onReplay={() => setReplay(asTheyCame)}
    />
  );
  const edit = (
    <EditRemedy
      id={letterId}
      onReplay={(payload) => {
        if (letterId === undefined) return;
        setReplay({ selection: { ids: [letterId] }, transform: [], payload });
      }}
    />
  );
  return (
    <>
      <ViewTabs
        label={remedyText.title}
        chosen={way}
        onChoose={setWay}
        tabs={[
          { id: "transform", label: remedyText.tabs.transform, content: transform },
          ...(isInbound
            ? [{ id: "schema" as const, label: remedyText.tabs.schema, content: schema }]
            : []),
          { id: "edit", label: remedyText.tabs.edit, content: edit },
        ]}
      />
      {replay !== undefined && (
        <AskReplay
          group={group}
          replay={replay}
          onStarted={(id) => {
            if ("ids" in replay.selection) onOneStarted(id);
          }}
          onClose={() => setReplay(undefined)}
        />
      )}
    </>
  );
}

function AskReplay({
  group,
  replay,
  onStarted,
  onClose,
}: {
  readonly group: DeadLetterGroupDetail;
  readonly replay: Replay;
  readonly onStarted: (runId: string) => void;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const isOne = "ids" in replay.selection;
  const { fingerprint } = group;
  const question = { fingerprint, transform: replay.transform };
  return (
    <ReplayDialog
      replay={replay}
      count={isOne ? 1 : group.open}
      transform={
        replay.payload === undefined ? <StepList steps={replay.transform} /> : runText.replayEdited
      }
      tried={isOne ? undefined : client.getQueryData(tryQuery(question).queryKey)}
      onStarted={onStarted}
      onClose={onClose}
    />
  );
}

function TransformActions({
  group,
  drafts,
  onReplay,
}: {
  readonly group: DeadLetterGroupDetail;
  readonly drafts: readonly StepDraft[];
  readonly onReplay: (replay: Replay) => void;
}) {
  const { busy, error, begin } = useStartRun();
  const { steps, problems } = readSteps(drafts);
  const isWhole = problems.size === 0;
  const of = { selection: { fingerprint: group.fingerprint }, transform: [...steps] };
  const count = formatCount(group.open);
  return (
    <div className="flex flex-col gap-2 border-t border-line pt-3.5">
      {error !== undefined && <ErrorNote>{error}</ErrorNote>}
      <div className="flex flex-wrap gap-2">
        <Button
          disabled={!isWhole}
          busy={busy}
          onClick={() => void begin({ kind: "dry_run", ...of })}
        >
          {remedyText.dryRun(count)}
        </Button>
        <Button variant="primary" disabled={!isWhole} onClick={() => onReplay(of)}>
          {remedyText.replay(count)}
        </Button>
      </div>
    </div>
  );
}
