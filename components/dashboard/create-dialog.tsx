"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { create } from "#app/(console)/dashboards/actions.ts";
import { dashboardHref } from "#components/dashboard/dashboard-queries.ts";
import { SharingChoice } from "#components/dashboard/share-dialog.tsx";
import { useChange } from "#components/people/use-change.ts";
import { dashboardListText as text, dashboardText } from "#components/strings/dashboard.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input, Textarea } from "#components/ui/input.tsx";
import type { DashboardSharing } from "#server/domain/dashboard.ts";

/** Makes an empty dashboard and opens it for editing. */
export function CreateDialog({ onClose }: { readonly onClose: () => void }) {
  const router = useRouter();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [sharing, setSharing] = useState<DashboardSharing>("private");
  const { busy, change } = useChange(create, (made) => {
    router.push(`${dashboardHref(made.id)}?edit=1`);
    return { title: made.name };
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.createTitle}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "" && !busy) void change({ name, description, sharing });
        }}
      >
        <Field label={text.createName} required>
          <Input maxLength={120} value={name} onChange={({ target }) => setName(target.value)} />
        </Field>
        <Field label={text.createDescription}>
          <Textarea
            rows={2}
            maxLength={500}
            value={description}
            onChange={({ target }) => setDescription(target.value)}
          />
        </Field>
        <SharingChoice value={sharing} onChange={setSharing} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{dashboardText.cancel}</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={name.trim() === ""}>
            {text.create}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
