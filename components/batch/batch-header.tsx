"use client";
import { useState } from "react";
import { cancel } from "#app/(console)/onboard/batches/actions.ts";
import { batchTones, mayCancel, stepOf } from "#components/batch/batch-state.ts";
import { useShell } from "#components/layout/shell-context.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { onboardCrumbs } from "#components/onboard/onboard-frame.tsx";
import { useChange } from "#components/people/use-change.ts";
import { batchPageText, batchText } from "#components/strings/batch.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Stepper } from "#components/ui/stepper.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { may } from "#server/domain/roles.ts";
import type { BatchView } from "#server/services/batch/view.ts";

/** What the batch is called, where it is, and how to end it early. */
export function BatchHeader({
  batch,
  mayManage,
  onChange,
}: {
  readonly batch: BatchView;
  readonly mayManage: boolean;
  readonly onChange: () => void;
}) {
  const { role } = useShell().user;
  const target = new URLSearchParams({ target: `batch:${batch.id}` });
  return (
    <>
      <PageHeader
        title={<span className="wrap-anywhere">{batch.name}</span>}
        badge={
          <StateBadge tone={batchTones[batch.state]}>{batchText.states[batch.state]}</StateBadge>
        }
        subtitle={
          <>
            {batchText.sources[batch.source].label} · <RelativeTime value={batch.createdAt} />{" "}
            {batchPageText.from(batch.createdBy)}
          </>
        }
        breadcrumb={onboardCrumbs(
          { label: batchText.title, href: "/onboard/batches" },
          { label: batch.name },
        )}
        actions={
          <>
            {may(role, "audit.view") && (
              <ButtonLink href={`/audit?${target.toString()}`}>{batchPageText.audit}</ButtonLink>
            )}
            {mayManage && mayCancel(batch.state) && (
              <CancelButton batchId={batch.id} onChange={onChange} />
            )}
          </>
        }
      />
      {batch.state !== "cancelled" && batch.state !== "failed" && (
        <div className="mb-5">
          <Stepper
            label={batchPageText.stepsLabel}
            steps={batch.options.quarantine ? batchPageText.steps : batchPageText.stepsDirect}
            current={stepOf(batch)}
          />
        </div>
      )}
    </>
  );
}

function CancelButton({
  batchId,
  onChange,
}: {
  readonly batchId: string;
  readonly onChange: () => void;
}) {
  const [asked, setAsked] = useState(false);
  const { busy, change } = useChange(cancel, () => ({ title: batchPageText.cancelDone }));
  async function confirm() {
    await change({ batchId });
    setAsked(false);
    onChange();
  }
  return (
    <>
      <Button onClick={() => setAsked(true)}>{batchPageText.cancel}</Button>
      <Dialog
        open={asked}
        onOpenChange={setAsked}
        title={batchPageText.cancelTitle}
        description={batchPageText.cancelText}
        footer={
          <>
            <Button onClick={() => setAsked(false)}>{batchPageText.keep}</Button>
            <Button variant="danger" busy={busy} onClick={() => void confirm()}>
              {batchPageText.cancel}
            </Button>
          </>
        }
      />
    </>
  );
}
