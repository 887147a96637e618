"use client";
import { useState } from "react";
import { useStartRun } from "#components/dead-letter/use-start-run.ts";
import { runText } from "#components/strings/workbench.ts";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { DeadLetterGroupDetail } from "#server/services/dead-letter/show-group.ts";

/** Before a group's open letters are given up: how many of how many devices, and why. */
export function DiscardDialog({
  group,
  onClose,
}: {
  readonly group: DeadLetterGroupDetail;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState(false);
  const { busy, error, begin } = useStartRun();
  const lacksReason = asked && reason.trim() === "";
  async function confirm() {
    setAsked(true);
    if (reason.trim() === "") return;
    const selection = { fingerprint: group.fingerprint };
    if ((await begin({ kind: "discard", selection, reason })) !== undefined) onClose();
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={runText.discardTitle(formatCount(group.open))}
      description={runText.discardText}
      blastRadius={[
        { key: "letters", label: runText.radiusLetters, value: formatCount(group.open) },
        { key: "devices", label: runText.radiusDevices, value: formatCount(group.devices) },
        {
          key: "time",
          label: runText.radiusTime,
          value: (
            <>
              <ExactTime value={group.firstAt} /> {runText.radiusUntil}{" "}
              <ExactTime value={group.lastAt} />
            </>
          ),
        },
      ]}
      confirmLabel={runText.discardConfirm}
      busy={busy}
      error={error}
      onConfirm={() => void confirm()}
    >
      <Field
        required
        label={runText.reason}
        hint={runText.reasonHint}
        error={lacksReason ? runText.reasonNeeded : undefined}
      >
        <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </DangerDialog>
  );
}
