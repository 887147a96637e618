"use client";
import { removeRootKey } from "#app/(console)/certificates/authorities/actions.ts";
import { refusalText, useAuthorityChange } from "#components/authority/use-authority-change.ts";
import { authorityText } from "#components/strings/authority.ts";
import { DangerDialog } from "#components/ui/dialog.tsx";
import type { AuthorityView } from "#server/services/authority/list.ts";

/** Deletes the root's key, after its name was typed. */
export function RemoveRootDialog({
  root: { sha256, name },
  onClose,
}: {
  readonly root: AuthorityView;
  readonly onClose: () => void;
}) {
  const { busy, refusal, change } = useAuthorityChange(removeRootKey);
  async function confirm() {
    if ((await change({ sha256 }, { title: authorityText.removed })) !== undefined) onClose();
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={authorityText.removeTitle}
      description={authorityText.removeText}
      typedName={name}
      confirmLabel={authorityText.removeConfirm}
      busy={busy}
      error={refusalText(refusal)}
      onConfirm={() => void confirm()}
    />
  );
}
