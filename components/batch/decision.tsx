"use client";
import { useState } from "react";
import { approve } from "#app/(console)/onboard/batches/actions.ts";
import { batchHref } from "#components/batch/batch-queries.ts";
import { isOwn } from "#components/batch/batch-state.ts";
import { RejectButton } from "#components/batch/reject-button.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { useChange } from "#components/people/use-change.ts";
import { batchPageText } from "#components/strings/batch.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { useHydrated } from "#components/ui/clock.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { formatCount } from "#components/ui/format.ts";
import { may } from "#server/domain/roles.ts";
import type { BatchView } from "#server/services/batch/view.ts";

type DecisionProps = { readonly batch: BatchView; readonly onChange: () => void };

/** Whether the devices leave quarantine: for somebody else than whoever started the batch. */
export function Decision({ batch, onChange }: DecisionProps) {
  const { email, role } = useShell().user;
  const mayApprove = may(role, "batch.approve");
  const own = isOwn(batch, email);
  return (
    <Card labelledBy="decision">
      <CardHeader
        id="decision"
        title={own ? batchPageText.otherTitle : batchPageText.decisionTitle}
      />
      <CardBody className="flex flex-col gap-4">
        {!mayApprove && <p className="text-ink-2">{batchPageText.cannotDecide}</p>}
        {(own || !mayApprove) && <AskSomebody batch={batch} own={own} />}
        {mayApprove && !own && <Approve batch={batch} onChange={onChange} />}
        {mayApprove && own && (
          <div>
            <RejectButton batch={batch} onChange={onChange} />
          </div>
        )}
      </CardBody>
    </Card>
  );
}

function AskSomebody({ batch, own }: { readonly batch: BatchView; readonly own: boolean }) {
  const hydrated = useHydrated();
  const link = `${hydrated ? window.location.origin : ""}${batchHref(batch.id)}`;
  return (
    <>
      {own && <p className="text-ink-2">{batchPageText.otherText}</p>}
      <CodeBlock code={link} what={batchPageText.linkWhat} />
    </>
  );
}

function Approve({ batch, onChange }: DecisionProps) {
  const [replay, setReplay] = useState(true);
  const { busy, change } = useChange(approve, () => ({ title: batchPageText.approved }));
  const missing = Math.max(0, batch.sampleSize - batch.sampled);
  return (
    <>
      <p className="text-ink-2">{batchPageText.approveText}</p>
      {missing > 0 && (
        <p className="text-warn">
          {missing === 1
            ? batchPageText.waitsForOne
            : batchPageText.waitsForSample(formatCount(missing))}
        </p>
      )}
      <Checkbox
        label={batchPageText.replay}
        hint={batchPageText.replayHint}
        checked={replay}
        onChange={(event) => setReplay(event.target.checked)}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          busy={busy}
          disabled={missing > 0}
          onClick={() => void change({ batchId: batch.id, replay }).then(onChange)}
        >
          {batchPageText.approve}
        </Button>
        <RejectButton batch={batch} onChange={onChange} />
      </div>
    </>
  );
}
