"use client";
import { discard } from "#app/(console)/schemas/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import { editorText } from "#components/strings/schema.ts";
import { DangerDialog } from "#components/ui/dialog.tsx";

/** Before the draft is given up. */
export function DiscardDialog({
  name,
  revision,
  onDiscarded,
  onClose,
}: {
  readonly name: string;
  readonly revision: number;
  readonly onDiscarded: () => void;
  readonly onClose: () => void;
}) {
  const { busy, refusal, submit } = useSubmit(discard);
  async function confirm() {
    if ((await submit({ name, revision })) !== undefined) onDiscarded();
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={editorText.discardTitle(name)}
      description={editorText.discardText}
      confirmLabel={editorText.discard}
      busy={busy}
      error={
        refusal === undefined
          ? undefined
          : [refusal.message, refusal.remedy].filter((part) => part !== null).join(" ")
      }
      onConfirm={() => void confirm()}
    />
  );
}
