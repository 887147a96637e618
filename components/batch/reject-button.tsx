"use client";
import { useState } from "react";
import { reject } from "#app/(console)/onboard/batches/actions.ts";
import { useChange } from "#components/people/use-change.ts";
import { batchPageText } from "#components/strings/batch.ts";
import { Button } from "#components/ui/button.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Field, Textarea } from "#components/ui/input.tsx";
import { rejectionProblem } from "#server/domain/device-batch.ts";
import type { BatchView } from "#server/services/batch/view.ts";

/** Ends the devices of a batch: how many first, then the reason. */
export function RejectButton({
  batch,
  onChange,
}: {
  readonly batch: BatchView;
  readonly onChange: () => void;
}) {
  const [asked, setAsked] = useState(false);
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<string>();
  const { busy, change } = useChange(reject, () => ({ title: batchPageText.rejected }));
  async function confirm() {
    const found = rejectionProblem(reason);
    setProblem(found);
    if (found !== undefined) return;
    await change({ batchId: batch.id, reason });
    setAsked(false);
    onChange();
  }
  return (
    <>
      <Button onClick={() => setAsked(true)}>{batchPageText.reject}</Button>
      <DangerDialog
        open={asked}
        onOpenChange={setAsked}
        title={batchPageText.rejectTitle}
        description={batchPageText.rejectText}
        blastRadius={[
          {
            key: "devices",
            label: batchPageText.reachDevices,
            value: formatCount(batch.total),
          },
          {
            key: "letters",
            label: batchPageText.reachLetters,
            value: formatCount(batch.lettersKept),
          },
        ]}
        confirmLabel={batchPageText.rejectConfirm}
        busy={busy}
        onConfirm={() => void confirm()}
      >
        <Field
          label={batchPageText.reason}
          hint={batchPageText.reasonHint}
          error={problem}
          required
        >
          <Textarea
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </Field>
      </DangerDialog>
    </>
  );
}
