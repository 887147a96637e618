"use client";
import { renew } from "#app/(console)/certificates/authorities/actions.ts";
import { useAuthorityChange } from "#components/authority/use-authority-change.ts";
import { authorityText } from "#components/strings/authority.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";

/** Asks before a new issuing CA is made under the root that is here. */
export function RenewDialog({ onClose }: { readonly onClose: () => void }) {
  const { busy, refusal, change } = useAuthorityChange(renew);
  async function confirm() {
    const said = { title: authorityText.renewed, detail: authorityText.renewedDetail };
    if ((await change({}, said)) !== undefined) onClose();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={authorityText.renewTitle}
      description={authorityText.renewText}
      footer={
        <>
          <Button onClick={onClose}>{uiText.cancel}</Button>
          <Button variant="primary" busy={busy} onClick={() => void confirm()}>
            {authorityText.renewConfirm}
          </Button>
        </>
      }
    >
      {refusal !== undefined && <ErrorNote remedy={refusal.remedy}>{refusal.message}</ErrorNote>}
    </Dialog>
  );
}
