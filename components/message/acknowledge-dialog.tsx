"use client";
import { useState } from "react";
import { acknowledge } from "#app/(console)/messages/actions.ts";
import { useChange } from "#components/people/use-change.ts";
import { ledgerText } from "#components/strings/message.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Textarea } from "#components/ui/input.tsx";
import { differenceKinds } from "#server/domain/ledger-balance.ts";
import type { LedgerDifferenceView } from "#server/services/ledger/differences.ts";

/** Asks what a difference was. */
export function AcknowledgeDialog({
  difference,
  onClose,
  onDone,
}: {
  readonly difference: LedgerDifferenceView | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  return (
    <Dialog
      open={difference !== null}
      onOpenChange={(is) => {
        if (!is) onClose();
      }}
      title={ledgerText.acknowledgeTitle}
      description={ledgerText.acknowledgeText(difference?.minute.slice(0, 16) ?? "")}
    >
      {difference !== null && (
        <NoteForm difference={difference} onClose={onClose} onDone={onDone} />
      )}
    </Dialog>
  );
}

function NoteForm({
  difference,
  onClose,
  onDone,
}: {
  readonly difference: LedgerDifferenceView;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const [note, setNote] = useState("");
  const { busy, change } = useChange(acknowledge, () => ({ title: ledgerText.done }));
  const kind = differenceKinds.find((each) => each === difference.kind);
  async function submit(): Promise<void> {
    if (kind === undefined || !(await change({ minute: difference.minute, kind, note }))) return;
    onDone();
    onClose();
  }
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field label={ledgerText.note} hint={ledgerText.noteHint} required>
        <Textarea
          minLength={3}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{uiText.cancel}</Button>
        <Button type="submit" variant="primary" busy={busy}>
          {ledgerText.acknowledge}
        </Button>
      </div>
    </form>
  );
}
