"use client";
import { useId, useState } from "react";
import { savedViewText } from "#components/strings/saved-view.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import type { SavedViewView } from "#server/services/saved-view/internal.ts";

/** Names a view, new or not, and says who sees it. */
export function SavedViewDialog({
  view,
  kept,
  mayShare,
  busy,
  onClose,
  onSave,
}: {
  readonly view: SavedViewView | undefined;
  /** What of the page is kept, in a sentence. */
  readonly kept: string;
  readonly mayShare: boolean;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onSave: (input: { readonly name: string; readonly shared: boolean }) => Promise<void>;
}) {
  const form = useId();
  const [name, setName] = useState(view?.name ?? "");
  const [shared, setShared] = useState(view?.shared ?? false);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={view === undefined ? savedViewText.titleNew : savedViewText.titleChange}
      description={kept}
      footer={
        <>
          <Button onClick={onClose}>{savedViewText.cancel}</Button>
          <Button type="submit" form={form} variant="primary" busy={busy}>
            {savedViewText.confirm}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void onSave({ name, shared });
        }}
      >
        <Field label={savedViewText.name} required>
          <Input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
        </Field>
        {(mayShare || shared) && (
          <Checkbox
            label={savedViewText.share}
            checked={shared}
            onChange={(event) => setShared(event.target.checked)}
          />
        )}
      </form>
    </Dialog>
  );
}
